"""One file for each way to reach people; only that file knows that the way exists."""
