import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of the ledger as fourteen migrations made them, for a database that has none of them yet.

    What these carried over in the rows of earlier releases they still carry over where they were not all applied.
    """

    replaces = [
        ("ledger", "0001_initial"),
        ("ledger", "0002_facts"),
        ("ledger", "0003_records_in_force"),
        ("ledger", "0004_proposals"),
        ("ledger", "0005_staged_imports"),
        ("ledger", "0006_imports_filed_or_not"),
        ("ledger", "0007_evidence"),
        ("ledger", "0008_changes_proposed"),
        ("ledger", "0009_fewer_indexes"),
        ("ledger", "0010_documents_of_a_region"),
        ("ledger", "0011_titles_with_a_term"),
        ("ledger", "0012_technology_part_of_contracts"),
        ("ledger", "0013_where_certificates_come_from"),
        ("ledger", "0014_receivers"),
    ]
    initial = True
    dependencies = [
        ("accounts", "0004_attachments"),
        ("registry", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("record", models.UUIDField(db_index=True)),
                ("caption", models.CharField(blank=True, max_length=200)),
                ("seq", models.BigIntegerField(db_index=True)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.attachment"
                    ),
                ),
            ],
            options={"verbose_name": "佐证", "ordering": ("pk",)},
        ),
        migrations.CreateModel(
            name="EvidenceWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("seq", models.BigIntegerField(unique=True)),
                ("withdrawn_at", models.DateTimeField()),
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="ledger.evidence"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "佐证撤下"},
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("form", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "待登记"), ("filed", "已登记"), ("cancelled", "已取消")],
                        default="prepared",
                        max_length=9,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("encoding", models.CharField(max_length=16)),
                ("sheet_name", models.CharField(blank=True, max_length=64)),
                ("options", models.JSONField(default=dict)),
                ("header", models.JSONField(default=list)),
                ("damage", models.JSONField(default=dict)),
                ("notes", models.JSONField(default=list)),
                ("counts", models.JSONField()),
                ("ready", models.PositiveIntegerField(default=0)),
                ("checked_seq", models.BigIntegerField(default=0)),
                ("prepared_at", models.DateTimeField()),
                ("seq", models.BigIntegerField(null=True, unique=True)),
                ("imported_at", models.DateTimeField(null=True)),
                (
                    "check_job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.job"
                    ),
                ),
                (
                    "file_job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.job"
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "导入批次",
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("imported_at__isnull", True), ("imported_by__isnull", True), ("seq__isnull", True)
                            ),
                            models.Q(
                                ("imported_at__isnull", False), ("imported_by__isnull", False), ("seq__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="importbatch_imported_at_and_by",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=9)),
                ("place", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("rows", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="ledger.importbatch"
                    ),
                ),
            ],
            options={
                "verbose_name": "导入行",
                "ordering": ("batch", "place"),
                "constraints": [models.UniqueConstraint(fields=("batch", "place"), name="importchunk_once")],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("topic", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200, verbose_name="事项")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="文号")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "大事记",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="milestone_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="milestone_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="milestone_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="milestone_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="milestone_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="milestone_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="milestone_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="milestone_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("topic", models.CharField(max_length=40)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "大事记事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="milestoneevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="milestoneevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="milestoneevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="milestoneevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="milestoneevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="milestoneevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="milestoneevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="milestoneevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", (-1, 0, 1))), name="milestoneevent_effect"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("name", models.CharField(max_length=120, verbose_name="指标名称（原文）")),
                ("indicator", models.CharField(blank=True, max_length=64)),
                ("aspect", models.CharField(default="level", max_length=12)),
                ("measure", models.CharField(max_length=12)),
                ("value", models.BigIntegerField()),
                ("value_max", models.BigIntegerField(null=True)),
                ("unit", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=8)),
                ("decimals", models.PositiveSmallIntegerField(default=0)),
                ("approximation", models.CharField(blank=True, max_length=4)),
                ("layer", models.CharField(blank=True, max_length=12)),
                ("part", models.CharField(blank=True, max_length=120)),
                ("region_written", models.CharField(max_length=120)),
                ("is_region_inferred", models.BooleanField(default=False)),
                ("stated_period", models.CharField(max_length=20)),
                ("real_period", models.CharField(blank=True, max_length=20)),
                ("confidence", models.CharField(max_length=12)),
                ("real_written", models.CharField(blank=True, max_length=120)),
                ("document", models.CharField(max_length=64)),
                ("place", models.CharField(max_length=64)),
                ("as_written", models.CharField(max_length=120)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("accepted", models.BooleanField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "上报数",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="observation_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="observation_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="observation_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="observation_seq_to"
                    ),
                    models.Index(fields=["indicator", "region", "real_period"], name="observation_answer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="observation_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="observation_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="observation_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="observation_confirmed_at_and_by",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("region", "document", "place"),
                        name="observation_region_document_place_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Patent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("number", models.CharField(max_length=20, verbose_name="申请号")),
                ("form", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=200, verbose_name="名称")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "专利",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="patent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="patent_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="patent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="patent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="patent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="patent_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="patent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="patent_confirmed_at_and_by",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True), models.Q(("state", "void"), _negated=True)),
                        fields=("number",),
                        name="patent_number_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("form", models.CharField(max_length=16)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "专利事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="patentevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="patentevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="patentevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="patentevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="patentevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="patentevent_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="patentevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="patentevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(condition=models.Q(("effect__in", (-1, 0, 1))), name="patentevent_effect"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("purpose", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=200, verbose_name="资金名称")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="文号或凭证号")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "资金",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="payment_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="payment_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="payment_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="payment_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="payment_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="payment_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="payment_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="payment_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("amount", models.BigIntegerField(null=True, verbose_name="金额")),
                ("purpose", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "资金事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="paymentevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="paymentevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="paymentevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="paymentevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="paymentevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="paymentevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="paymentevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="paymentevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(condition=models.Q(("effect__in", (-1, 0, 1))), name="paymentevent_effect"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        name="paymentevent_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("programme", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=200, verbose_name="项目名称")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="项目编号")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="project_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="project_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="project_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="project_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="project_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="project_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="project_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="project_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("amount", models.BigIntegerField(null=True, verbose_name="金额")),
                ("programme", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="projectevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="projectevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="projectevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="projectevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="projectevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="projectevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="projectevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="projectevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(condition=models.Q(("effect__in", (-1, 0, 1))), name="projectevent_effect"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        name="projectevent_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("record", models.UUIDField(db_index=True)),
                ("is_event", models.BooleanField()),
                ("version", models.PositiveIntegerField()),
                ("changes", models.JSONField()),
                ("reason", models.CharField(max_length=500, verbose_name="更正或作废原因")),
                ("seq", models.BigIntegerField(unique=True)),
                ("proposed_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "待核"),
                            ("accepted", "已采纳"),
                            ("declined", "未采纳"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "改动建议",
                "ordering": ("-seq",),
                "indexes": [models.Index(fields=["outcome", "region"], name="proposal_waiting")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")),
                        fields=("kind", "record"),
                        name="proposal_one_open_per_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("outcome", "open")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("outcome", "open"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_decided_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recognition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("title", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="证书编号")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "认定",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="recognition_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="recognition_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="recognition_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="recognition_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="recognition_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="recognition_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="recognition_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="recognition_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecognitionEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                ("until", models.DateField(null=True, verbose_name="有效期至")),
                ("certificate", models.CharField(blank=True, max_length=64, verbose_name="证书编号")),
                ("lapses_on", models.DateField(null=True)),
                ("origin", models.CharField(blank=True, max_length=12)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "认定事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="recognitionevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="recognitionevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="recognitionevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="recognitionevent_seq_to"
                    ),
                    models.Index(
                        condition=models.Q(("lapses_on__isnull", False), ("seq_to__isnull", True)),
                        fields=["lapses_on"],
                        name="recognitionevent_lapses",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="recognitionevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="recognitionevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="recognitionevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="recognitionevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", (-1, 0, 1))), name="recognitionevent_effect"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordKeeping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                ("declared_at", models.DateTimeField()),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "台账完整声明",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("region", "kind"),
                        name="recordkeeping_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                        name="recordkeeping_since_before_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("topic", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200, verbose_name="活动名称")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="文号")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="地点")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "活动",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="activity_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="activity_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="activity_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="activity_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="activity_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="activity_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="activity_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="activity_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("topic", models.CharField(max_length=40)),
                ("people", models.BigIntegerField(null=True, verbose_name="人次")),
                ("materials", models.BigIntegerField(null=True, verbose_name="资料份数")),
                ("approximation", models.CharField(blank=True, max_length=4)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "活动事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="activityevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="activityevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="activityevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="activityevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="activityevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="activityevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="activityevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="activityevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(condition=models.Q(("effect__in", (-1, 0, 1))), name="activityevent_effect"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("post", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200, verbose_name="岗位说明")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="文号")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "选派引进",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="appointment_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="appointment_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="appointment_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="appointment_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="appointment_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="appointment_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="appointment_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="appointment_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AppointmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("post", models.CharField(max_length=40)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "选派引进事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="appointmentevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="appointmentevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="appointmentevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="appointmentevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="appointmentevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="appointmentevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="appointmentevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="appointmentevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", (-1, 0, 1))), name="appointmentevent_effect"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("prize", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=200, verbose_name="获奖成果或对象")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="证书编号")),
                ("grade", models.CharField(blank=True, max_length=24, verbose_name="等级")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "奖励",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="award_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="award_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="award_seq_from"),
                    models.Index(condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="award_seq_to"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="award_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="award_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="award_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="award_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("prize", models.CharField(max_length=40)),
                ("level", models.CharField(max_length=12)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "奖励事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="awardevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="awardevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="awardevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="awardevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="awardevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="awardevent_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="awardevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="awardevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(condition=models.Q(("effect__in", (-1, 0, 1))), name="awardevent_effect"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("type", models.CharField(max_length=24)),
                ("name", models.CharField(max_length=200, verbose_name="合同名称")),
                ("number", models.CharField(blank=True, max_length=64, verbose_name="登记编号")),
                ("counterpart", models.CharField(blank=True, max_length=120, verbose_name="受让方")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "技术合同",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="contract_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)), fields=["organisation"], name="contract_now_held"
                    ),
                    models.Index(fields=["seq_from"], name="contract_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="contract_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="contract_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)), fields=("record",), name="contract_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="contract_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="contract_confirmed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField()),
                ("seq_from", models.BigIntegerField()),
                ("seq_to", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("confirmed", "已确认"), ("void", "已作废")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
                ("source_place", models.CharField(blank=True, max_length=200, verbose_name="来源位置")),
                ("is_fictional", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="更正或作废原因")),
                ("subject", models.UUIDField(db_index=True)),
                ("event", models.CharField(max_length=16)),
                ("effect", models.SmallIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("amount", models.BigIntegerField(null=True, verbose_name="金额")),
                ("type", models.CharField(max_length=24)),
                ("tech_amount", models.BigIntegerField(null=True, verbose_name="技术交易额")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.region",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "技术合同事件",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["region", "happened_on"],
                        name="contractevent_now_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=["organisation"],
                        name="contractevent_now_held",
                    ),
                    models.Index(fields=["seq_from"], name="contractevent_seq_from"),
                    models.Index(
                        condition=models.Q(("seq_to__isnull", False)), fields=["seq_to"], name="contractevent_seq_to"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "version"), name="contractevent_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("seq_to__isnull", True)),
                        fields=("record",),
                        name="contractevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seq_to__isnull", True), ("seq_to__gt", models.F("seq_from")), _connector="OR"
                        ),
                        name="contractevent_seq_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="contractevent_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(condition=models.Q(("effect__in", (-1, 0, 1))), name="contractevent_effect"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        name="contractevent_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tech_amount__isnull", True),
                            models.Q(
                                ("tech_amount__gte", 0),
                                models.Q(
                                    ("amount__isnull", True), ("tech_amount__lte", models.F("amount")), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="contractevent_tech_amount",
                    ),
                ],
            },
        ),
    ]
