"""栏目与信息: columns, items, and the chain of reviews between a draft and the public.

``models.py`` says what can be published, ``actions.py`` how it gets there, ``pages/`` what the public then sees.
"""
