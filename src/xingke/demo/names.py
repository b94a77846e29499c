"""Invented names of firms and patents for the fictional county. Nothing here names a real firm or patent."""

from dataclasses import dataclass
from random import Random

FIRST = "恒瑞盛博锐宏远嘉泰翔凯润晟拓科信达启智铭辰腾旭弘景昊卓宇骏"
SECOND = "通源邦力佳程拓诺朗泽克岳成辉维创立德元达航森华禾迅捷安旺"


@dataclass(frozen=True)
class Industry:
    """A line of business: division code of GB/T 4754-2017, the words in a firm's name, and what it makes."""

    code: str
    words: tuple[str, ...]
    products: tuple[str, ...]


INDUSTRIES = (
    Industry("C13", ("生物科技", "农产品科技"), ("谷物筛选机", "茶叶烘干机", "果蔬分级机", "饲料混合机")),
    Industry("C17", ("纺织科技", "新型纺织"), ("经编机", "面料定型机", "纱线张力器", "织物检测台")),
    Industry("C26", ("新材料", "精细化工"), ("水性涂料", "高分子薄膜", "环保助剂", "反应釜")),
    Industry("C27", ("生物医药", "药业"), ("中药提取罐", "制粒机", "冻干粉针剂", "药片包衣机")),
    Industry("C29", ("橡塑科技", "高分子材料"), ("密封圈", "注塑模具", "塑料管材", "耐磨输送带")),
    Industry("C30", ("建材科技", "陶瓷新材料"), ("集成吊顶扣板", "保温砌块", "陶瓷过滤板", "玻璃钢化炉")),
    Industry("C33", ("紧固件", "金属制品"), ("高强螺栓", "冷镦机模具", "不锈钢阀体", "防松螺母")),
    Industry("C34", ("精密机械", "智能装备", "传动科技"), ("齿轮箱", "滚珠丝杠", "液压油缸", "工业机械臂", "轴承座")),
    Industry("C35", ("专用设备", "环保设备"), ("污泥脱水机", "除尘器", "包装生产线", "农用播种机")),
    Industry("C36", ("汽车零部件", "汽车科技"), ("制动卡钳", "转向节", "车用线束", "座椅滑轨")),
    Industry("C38", ("电气", "新能源科技", "电力设备"), ("变压器铁芯", "光伏支架", "储能电池箱", "配电柜", "充电桩")),
    Industry("C39", ("电子", "光电科技", "微电子"), ("传感器模组", "线路板", "背光模组", "射频连接器")),
    Industry("C40", ("仪器仪表", "测控技术"), ("流量计", "压力变送器", "智能水表", "气体检测仪")),
    Industry("I65", ("软件", "信息技术", "数据科技"), ("设备运维平台", "图像识别系统", "生产调度系统", "数据采集终端")),
    Industry("M73", ("技术研发", "检测技术"), ("材料试验台", "样品前处理装置", "环境监测站", "无损探伤仪")),
)
QUALITIES = (
    "高效",
    "节能",
    "自动",
    "可调式",
    "模块化",
    "防尘",
    "低噪声",
    "便携式",
    "快拆",
    "双工位",
    "智能",
    "耐腐蚀",
    "高精度",
    "连续式",
)
ENDINGS = {
    "invention": ("的控制方法", "及其制备方法", "的检测方法", "及其使用方法", "的在线监测系统", "的加工工艺"),
    "utility_model": ("", "的安装结构", "的冷却装置", "的上料机构", "的防护装置", "的定位夹具"),
    "design": ("", "（立式）", "（小型）", "（组合式）"),
    "pct": ("及其控制方法", "及其制备方法", "的检测系统"),
}


def firm_name(rng: Random, *, place: str, industry: Industry) -> str:
    """A firm's name with its place in front: 青溪县恒通精密机械有限公司. May repeat; the caller keeps names apart."""
    trade = FIRST[rng.randrange(len(FIRST))] + SECOND[rng.randrange(len(SECOND))]
    return f"{place}{trade}{industry.words[rng.randrange(len(industry.words))]}有限公司"


def operator_name(rng: Random, *, place: str, business: str) -> str:
    """The name of a firm that runs an incubator or a maker space."""
    return f"{place}{FIRST[rng.randrange(len(FIRST))]}{SECOND[rng.randrange(len(SECOND))]}{business}管理有限公司"


def patent_name(rng: Random, *, form: str, industry: Industry) -> str:
    """A patent's name: 一种高效齿轮箱的控制方法. Designs name the product only."""
    product = industry.products[rng.randrange(len(industry.products))]
    quality = QUALITIES[rng.randrange(len(QUALITIES))]
    endings = ENDINGS[form]
    ending = endings[rng.randrange(len(endings))]
    return f"{product}{ending}" if form == "design" else f"一种{quality}{product}{ending}"
