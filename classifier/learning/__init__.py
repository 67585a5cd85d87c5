"""The networks get better in use: learnt from what was reviewed, compared, promoted.

Only `from_history` needs `training`; the rest is for web workers, too.
"""
