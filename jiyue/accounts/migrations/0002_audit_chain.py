import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import jiyue.accounts.models.trail
import jiyue.common.constraints
from jiyue.accounts.chain import GENESIS, Row, canonical, digest_of, microseconds


def chain_up(apps, schema_editor):
    """Numbers and links what was recorded before there was a chain."""
    entries = apps.get_model("accounts", "AuditEntry")
    head = (0, GENESIS)
    for entry in entries.objects.order_by("seq").select_related("user").iterator(500):
        user = entry.user
        name = f"{user.last_name}{user.first_name}（{user.username}）" if user else ""
        row = Row(
            head[0] + 1, head[1], microseconds(entry.at), entry.user_id, name, entry.action, entry.target_type,
            entry.target_id, entry.target_name, entry.unit_id, "", "", canonical(entry.data),
        )  # fmt: skip
        head = (row.seq, digest_of(row))
        entries.objects.filter(seq=entry.seq).update(
            seq=row.seq, user_name=name, data=entry.data, prev=row.prev, digest=head[1]
        )
    if schema_editor.connection.vendor == "postgresql":  # or the table has checks outstanding and cannot be altered
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("organisations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("whole", models.BooleanField(verbose_name="从头核对")),
                ("first_seq", models.BigIntegerField(verbose_name="首条")),
                ("last_seq", models.BigIntegerField(verbose_name="末条")),
                ("last_digest", models.CharField(max_length=64, verbose_name="末条摘要")),
                ("anchors", models.PositiveIntegerField(verbose_name="核对的锚点数")),
                ("clock_steps", models.PositiveIntegerField(verbose_name="时间倒退的条数")),
                ("seconds", models.FloatField(verbose_name="用时（秒）")),
                ("wrong_seq", models.BigIntegerField(null=True, verbose_name="第一条不符")),
                ("fault", models.CharField(blank=True, max_length=20, verbose_name="不符之处")),
                ("detail", models.CharField(blank=True, max_length=255, verbose_name="说明")),
            ],
            options={
                "verbose_name": "审计核对",
                "verbose_name_plural": "审计核对",
                "ordering": ["-at", "-pk"],
                "get_latest_by": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AuditRepeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                ("action", models.CharField(max_length=60, verbose_name="操作")),
                ("subject", models.CharField(max_length=200, verbose_name="对象")),
                ("since", models.DateTimeField(verbose_name="起")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="次数")),
            ],
            options={
                "verbose_name": "重复的审计事件",
                "verbose_name_plural": "重复的审计事件",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "action", "subject"), name="audit_repeat_once")
                ],
            },
        ),
        migrations.RenameField("auditentry", "id", "seq"),
        migrations.AlterField(
            "auditentry",
            "seq",
            models.BigIntegerField(primary_key=True, serialize=False, verbose_name="序号"),
        ),
        migrations.AlterField(
            "auditentry",
            "data",
            jiyue.accounts.models.trail.CanonicalJSON(default=dict, verbose_name="内容"),
        ),
        migrations.AlterField(
            "auditentry", "target_id", models.CharField(blank=True, max_length=40, verbose_name="对象编号")
        ),
        migrations.AlterField(
            "auditentry", "target_name", models.CharField(blank=True, max_length=255, verbose_name="对象")
        ),
        migrations.AlterField(
            "auditentry", "target_type", models.CharField(blank=True, max_length=60, verbose_name="对象类型")
        ),
        migrations.AddField(
            "auditentry",
            "user_name",
            models.CharField(blank=True, default="", max_length=255, verbose_name="当时的姓名"),
        ),
        migrations.AddField(
            "auditentry", "address", models.CharField(blank=True, default="", max_length=45, verbose_name="网络地址")
        ),
        migrations.AddField(
            "auditentry", "request", models.CharField(blank=True, default="", max_length=32, verbose_name="请求编号")
        ),
        migrations.AddField(
            "auditentry", "prev", models.CharField(max_length=64, null=True, verbose_name="上一条摘要")
        ),
        migrations.AddField(
            "auditentry",
            "digest",
            models.CharField(default="", max_length=64, verbose_name="本条摘要"),
            preserve_default=False,
        ),
        migrations.RunPython(chain_up, migrations.RunPython.noop),
        migrations.AlterField(
            "auditentry", "prev", models.CharField(max_length=64, unique=True, verbose_name="上一条摘要")
        ),
        migrations.AddConstraint(
            "auditentry",
            jiyue.common.constraints.AppendOnly(keep_days=183, moment="at", name="audit_is_append_only"),
        ),
    ]
