"""Learning in use: training on reviewed uploads, comparison, promotion.

Only `from_history` needs `training`; web workers use the rest, too.
"""
