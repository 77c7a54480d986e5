"""信息资源库: every published thing of every site, under one classification, one metadata schema and one way to call it
(五统一; 先入库后使用).

``BasePage`` is what staff edit; ``Release`` is what the public reads. Between the two stands the ``Receipt``: the
confidentiality conclusion on exactly the text that goes out.
"""
