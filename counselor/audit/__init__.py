"""What was done and what was looked at, chained so that a change shows.

`audit.record(...)` inside an action; `audit.record_read(...)` in a page that shows a patient.
"""

from counselor.audit.actions import record, record_read

__all__ = ["record", "record_read"]
