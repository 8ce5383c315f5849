"""What every publisher module builds on: requests, typed fields of answers, paged lists, checked file lists."""
