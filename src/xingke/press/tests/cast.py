"""The documents the press tests speak of: one short, with every kind of block, and one as long as a real summary."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xingke.press import proof as proofs
from xingke.press.docx_writer import sealed_parts, sealed_sentences
from xingke.press.proof import Proof, ProofFigure
from xingke.press.tree import Aside, Chip, DocumentTree, Heading, Paragraph, Table, places

KEY = bytes(range(32))
PUBLIC_KEY = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
OTHER_KEY = bytes(range(1, 33))


def chip(slot: int, text: str, label: str) -> Chip:
    return Chip(slot=slot, figure=f"fig-{slot}", text=text, label=label)


SHORT = DocumentTree(
    id="01934f00-0000-7000-8000-000000000001",
    title="青溪县科学技术局2024年上半年工作总结",
    issuer="青溪县科学技术局",
    date="2024年7月5日",
    number="青科发〔2024〕12号",
    blocks=(
        Aside(text="文中数字由台账生成，可逐一核验。"),
        Heading(level=1, text="一、主要工作"),
        Heading(level=2, text="（一）项目与“一企一策”"),
        Paragraph(
            inlines=(
                "2024年上半年，全县申报省级科技项目",
                chip(1, "36项", "省级科技项目申报数"),
                "，立项",
                chip(2, "6项", "省级科技项目立项数"),
                "；到位资金",
                chip(3, "230万元", "科技项目到位资金"),
                "，",
                chip(4, "增长13.5%", "科技项目到位资金同比"),
                "。下一步，继续抓好“十四五”规划落实。",
            )
        ),
        Paragraph(
            inlines=(
                "技术合同成交额",
                chip(5, "4.15亿元", "技术合同成交额"),
                "，",
                chip(6, "居全市第2位", "技术合同成交额位次"),
                "。",
            )
        ),
        Table(
            header=("指标", "数值", "位次"),
            rows=(
                (("高新技术企业",), (chip(7, "15家", "高新技术企业数"),), (chip(8, "第3位", "高新技术企业数位次"),)),
                (("发明专利",), (chip(9, "31件", "高价值发明专利"),), ("—",)),
            ),
        ),
        Heading(level=1, text="二、下一步打算"),
        Paragraph(inlines=("一是抓项目，二是抓企业。",)),
    ),
    is_fictional=True,
)


def proof_of(document: DocumentTree, *, key: bytes | None = KEY, is_earlier: bool = False) -> Proof:
    """The proof of a document, signed unless key is None; is_earlier: of the form that signs figures and names only."""
    figures = tuple(
        ProofFigure(
            slot=place.chip.slot,
            figure=place.chip.figure,
            xpath=proofs.xpath_of(place.chip.slot),
            text=place.chip.text,
            label=place.chip.label,
            indicator="provincial_projects",
            definition="9f2c" * 16,
            region="990101",
            period="2024-H1",
            aspect="value",
            value="36.0000",
            seq=812,
            digest="ab34" * 16,
            sentence=place.sentence,
        )
        for place in places(document)
    )
    unsigned = Proof(
        document=document.id,
        title=document.title,
        outline="half-year@1",
        region="990101",
        period="2024-H1",
        seq=812,
        created="2024-07-05T09:30:00+08:00",
        fingerprint=proofs.fingerprint(document),
        figures=figures,
        date="" if is_earlier else document.date,
        issuer="" if is_earlier else document.issuer,
        sentences=() if is_earlier else sealed_sentences(document),
        parts=() if is_earlier else sealed_parts(document),
    )
    return proofs.sign(unsigned, key) if key else unsigned


def long_document(*, sections: int = 6, paragraphs: int = 5, rows: int = 90) -> DocumentTree:
    """As long as a bureau's annual report: 6 × 5 paragraphs and a table of 90 rows, 300 figures."""
    slot = 0

    def next_chip(text: str) -> Chip:
        nonlocal slot
        slot += 1
        return chip(slot, text, "科技型中小企业入库数")

    def paragraph(section: int, at: int) -> Paragraph:
        return Paragraph(
            inlines=(
                "坚持把企业培育作为科技创新的主抓手，落实政策、优化服务、强化协调，全县组织申报省级科技项目",
                next_chip(f"{30 + at}项"),
                "，争取到位资金",
                next_chip(f"{200 + section}万元"),
                "，",
                next_chip(f"增长1{at}.5%"),
                "，各项工作取得新的进展，企业创新能力和群众科学素质不断提高。",
            )
        )

    blocks: list[Heading | Paragraph | Table] = []
    for section in range(sections):
        blocks.append(Heading(level=1, text=f"{'一二三四五六'[section]}、抓好科技创新重点工作"))
        blocks += [paragraph(section, at) for at in range(paragraphs)]
    blocks.append(Heading(level=1, text="七、各指标完成情况"))
    body = []
    for at in range(rows):
        name = f"指标{'甲乙丙丁戊己庚辛壬癸'[at % 10]}"
        number, growth = next_chip(f"{at + 1}家"), next_chip(f"{at}.5%")
        rank = (next_chip(f"第{at % 8 + 1}位"),) if at % 3 == 0 else ("—",)
        body.append(((name,), (number,), (growth,), rank))
    blocks.append(Table(header=("指标", "数值", "增速", "位次"), rows=tuple(body)))
    return DocumentTree(
        id="01934f00-0000-7000-8000-000000000002",
        title="青溪县科学技术局2024年工作总结",
        issuer="青溪县科学技术局",
        date="2025年1月8日",
        blocks=tuple(blocks),
    )
