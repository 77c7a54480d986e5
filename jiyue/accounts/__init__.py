"""成员 角色: who somebody is and what they may do, and the audit trail of what they did.

``roles.py`` is the one role matrix; ``Membership`` the one source of rights; ``gate.py`` refuses every back-office
view nobody has reviewed; ``audit.py`` writes the trail.
"""
