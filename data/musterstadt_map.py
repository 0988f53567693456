"""The map of the demo city: building blocks, districts made of them, a river, an island, exclaves.

The city grows as cities do. Blocks (Voronoi cells, small in the centre) come first; districts are groups of
neighbouring blocks; a border between districts is the line between blocks of different districts. Each
border exists once, and both districts are built from it: so they fit without gaps or overlaps.

Everything is a plain function of the seed. Only uniform numbers are drawn, because numpy promises that
they stay the same in later versions, and coordinates are rounded to 0.1 m before polygons are built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["ANCHORS", "CityMap", "draw_city", "smooth_field"]

ORIGIN = (400_000.0, 6_050_000.0)
"""Centre of the city in EPSG:25832 [m]: open North Sea, so that nobody takes it for a real place."""

DISTRICTS = 92
OUTSIDE, RIVER = -1, -2

ANCHORS = {
    "altstadt": (-150.0, 500.0),
    "bahnhof": (1_250.0, 1_250.0),
    "gueterbahnhof": (1_900.0, 1_750.0),
    "hafen": (3_300.0, -1_700.0),
    "park": (-1_350.0, -1_150.0),
    "wandel": (-1_250.0, 900.0),
    "villen": (-2_700.0, 3_300.0),
    "hang": (-3_700.0, 2_500.0),
    "siedlung": (2_400.0, -4_300.0),
    "siedlung_ost": (3_300.0, -4_000.0),
    "siedlung_sued": (1_700.0, -5_000.0),
    "abstieg": (4_300.0, 2_900.0),
    "gewerbe": (5_000.0, 500.0),
    "enklave": (-1_500.0, -4_000.0),
    "exklave": (-5_000.0, -2_400.0),
}
"""Places that are certain to be a district of their own: position from the centre [m], east and north."""

MIDDLES = (
    (-150.0, 500.0),
    (1_900.0, 2_700.0),
    (-900.0, 4_000.0),
    (-3_700.0, 2_200.0),
    (4_000.0, 1_200.0),
    (300.0, -1_300.0),
    (3_300.0, -1_900.0),
    (2_300.0, -4_300.0),
    (-600.0, -4_500.0),
    (-2_900.0, -1_500.0),
)
"""Around these places the ten city districts grew [m from the centre]."""

ISLAND = (2_350.0, 220.0)
HAMLET = (6_900.0, -4_600.0)
OUTLIER = (-7_350.0, -3_050.0)


@dataclass(frozen=True, kw_only=True)
class CityMap:
    """The districts of the city, in no particular order.

    Parameters
    ----------
    polygons
        One (multi)polygon per district, EPSG:25832.
    centres
        Position of each district from the centre of the city [m], shape (districts, 2).
    city_district
        Number of the city district, 1 for the one with the old town, then clockwise from the north.
    places
        Name of an anchor, or "insel", "weiler", "kloster", to the position of its district.
    """

    polygons: tuple[shapely.Polygon | shapely.MultiPolygon, ...]
    centres: Floats
    city_district: Ints
    places: dict[str, int]


def smooth_field(points: Floats, rng: np.random.Generator, *, wavelength: float, waves: int = 24) -> Floats:
    """Return a random smooth surface at `points`: mean 0, variance about 1, `wavelength` in metres."""
    angle = rng.random(waves) * 2 * np.pi
    number = 2 * np.pi / (wavelength * (0.7 + 0.8 * rng.random(waves)))
    phase = rng.random(waves) * 2 * np.pi
    vectors = np.column_stack([np.cos(angle), np.sin(angle)]) * number[:, None]
    return np.asarray(np.sqrt(2 / waves) * np.cos(points @ vectors.T + phase).sum(axis=1))


def draw_city(rng: np.random.Generator) -> CityMap:
    """Draw the city.

    Parameters
    ----------
    rng
        Source of chance; the same state gives the same city.

    Returns
    -------
    CityMap
        A valid coverage of 92 districts; the banks of the river do not touch.
    """
    blocks, kind = _blocks(rng)
    mesh = Voronoi(blocks)
    ridges = np.asarray(mesh.ridge_points, dtype=np.int64)
    land = kind == 0
    links = _links(ridges[land[ridges].all(axis=1)], blocks, rng)
    district, places = _districts(blocks, land, links)
    polygons = _polygons(mesh, ridges, np.where(land, district, kind), rng)
    centres = np.array([shapely.point_on_surface(p).coords[0] for p in polygons]) - ORIGIN
    return CityMap(
        polygons=polygons,
        centres=centres,
        city_district=_city_districts(centres, district, links, places),
        places=places,
    )


def _river() -> tuple[Floats, Floats, Floats]:
    """Return centre line, unit normal and width of the river's arms; around the island there are two."""
    x = np.arange(-9_600.0, 9_600.0, 60.0)
    middle = -380 + 720 * np.sin(x / 2_300 + 0.5) + 210 * np.sin(x / 950 + 1.0)
    swell = 330 * np.exp(-(((x - ISLAND[0]) / 620) ** 4))
    arms = [np.column_stack([x, middle + swell])]
    split = swell > 15
    arms.append(np.column_stack([x, middle - swell])[split])
    normals = []
    for arm in arms:
        slope = np.gradient(arm[:, 1], arm[:, 0])
        normals.append(np.column_stack([-slope, np.ones_like(slope)]) / np.hypot(slope, 1)[:, None])
    width = 112 + 16 * np.sin(x / 1_700)
    return np.concatenate(arms), np.concatenate(normals), np.concatenate([width, width[split] * 0.85])


def _blocks(rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Return the centre of every block and what it is: 0 land of the city, else `OUTSIDE` or `RIVER`."""
    line, normal, width = _river()
    banks = np.concatenate([line + normal * width[:, None], line - normal * width[:, None]])
    channel = cKDTree(line)
    # The border between two blocks is halfway between their centres: a bank, half a width off the line.
    gap, nearest = channel.query(banks)
    banks = banks[gap > 0.9 * width[nearest]]
    candidates = (rng.random((26_000, 2)) - 0.5) * 19_000
    spacing = 88 + 0.042 * np.hypot(*candidates.T)
    gap, nearest = channel.query(candidates)
    free = gap > width[nearest] + 0.6 * spacing
    scattered = _scatter(candidates[free], spacing[free])
    points = np.concatenate([line, banks, scattered])
    kind = np.where(_inside(points), 0, OUTSIDE)
    kind[: len(line)] = RIVER
    return points, kind


def _scatter(candidates: Floats, spacing: Floats) -> Floats:
    """Keep each candidate that is farther than its spacing from all that were kept before."""
    kept = np.empty_like(candidates)
    count = 0
    for point, distance in zip(candidates, spacing, strict=True):
        if count == 0 or ((kept[:count] - point) ** 2).sum(axis=1).min() > distance**2:
            kept[count] = point
            count += 1
    return kept[:count]


def _inside(points: Floats) -> NDArray[np.bool_]:
    """Tell which points lie within the city limits, the exclaves included."""
    angle = np.arctan2(points[:, 1], points[:, 0])
    limit = 5_500 * (
        1 + 0.11 * np.cos(2 * angle + 0.5) + 0.08 * np.cos(3 * angle - 1.0) + 0.05 * np.cos(7 * angle + 1)
    )
    city = np.hypot(*points.T) < limit
    return np.asarray(city | (_distance(points, HAMLET) < 620) | (_distance(points, OUTLIER) < 560))


def _distance(points: Floats, place: tuple[float, float]) -> Floats:
    return np.hypot(points[:, 0] - place[0], points[:, 1] - place[1])


def _links(pairs: Ints, blocks: Floats, rng: np.random.Generator) -> csr_array:
    """Return the ways between neighbouring blocks of the city, some easier than others."""
    length = np.hypot(*(blocks[pairs[:, 0]] - blocks[pairs[:, 1]]).T)
    cost = length * (0.6 + 0.8 * rng.random(len(pairs)))
    return _graph(pairs, cost, len(blocks))


def _graph(pairs: Ints, cost: Floats, count: int) -> csr_array:
    """Return a graph of `count` nodes; older scipy finds shortest paths only along 32-bit indices."""
    short = pairs.astype(np.int32)
    return csr_array(coo_array((cost, (short[:, 0], short[:, 1])), shape=(count, count)))


def _districts(blocks: Floats, land: NDArray[np.bool_], links: csr_array) -> tuple[Ints, dict[str, int]]:
    """Group blocks into connected districts; return the district of every block and the known places."""
    own = land & (_distance(blocks, OUTLIER) >= 560)
    numbers = np.flatnonzero(own)

    def block_at(place: tuple[float, float]) -> int:
        return int(numbers[_distance(blocks[numbers], place).argmin()])

    places = {**ANCHORS, "insel": ISLAND, "weiler": HAMLET}
    seeds = [block_at(place) for place in places.values()]
    spacing = 150 + 0.07 * np.hypot(*blocks.T)
    gap = np.min([_distance(blocks, tuple(blocks[seed])) for seed in seeds], axis=0)
    barred = ~own | (_distance(blocks, HAMLET) < 1_200)
    while len(seeds) < DISTRICTS - 1:
        seed = int(np.where(barred, -1.0, gap / spacing).argmax())
        seeds.append(seed)
        gap = np.minimum(gap, _distance(blocks, tuple(blocks[seed])))
    _, _, source = dijkstra(links, directed=False, indices=seeds, min_only=True, return_predecessors=True)
    number = np.full(len(blocks), -1)
    number[seeds] = np.arange(len(seeds))
    district = np.where(source >= 0, number[np.maximum(source, 0)], -1)
    found = {name: position for position, name in enumerate(places)}
    district[land & ~own] = found["exklave"]
    district[_core(links, district, found["enklave"], seeds[found["enklave"]])] = DISTRICTS - 1
    return district, {**found, "kloster": DISTRICTS - 1}


def _core(links: csr_array, district: Ints, host: int, seed: int) -> Ints:
    """Return the block `seed` and those around it that touch no other district than `host`."""
    pairs = np.column_stack(links.nonzero())
    both = np.concatenate([pairs, pairs[:, ::-1]])
    edge = both[(district[both] != host).any(axis=1), 0]
    core = np.append(both[both[:, 0] == seed, 1], seed)
    return core[~np.isin(core, edge)]


def _polygons(
    mesh: Voronoi, ridges: Ints, label: Ints, rng: np.random.Generator
) -> tuple[shapely.Polygon | shapely.MultiPolygon, ...]:
    """Build each district from the borders between blocks of different districts."""
    sides = label[ridges]
    border = (sides[:, 0] != sides[:, 1]) & (sides.max(axis=1) >= 0)
    edges = np.asarray(mesh.ridge_vertices, dtype=np.int64)[border]
    sides = sides[border]
    corners = _smooth(
        np.asarray(mesh.vertices, dtype=np.float64), edges, fixed=edges[(sides == RIVER).any(axis=1)]
    )
    starts, ends = corners[edges[:, 0]], corners[edges[:, 1]]
    pieces = np.maximum(1, np.ceil(np.hypot(*(ends - starts).T) / 130).astype(np.int64))
    lines = []
    for start, end, count in zip(starts, ends, pieces, strict=True):
        # Both districts share this one line, and a corner bends alike in every line that ends there.
        lines.append(start + np.linspace(0, 1, int(count) + 1)[:, None] * (end - start))
    vertices = np.concatenate(lines)
    shift = np.zeros_like(vertices)
    for wavelength, height in ((1_900.0, 60.0), (520.0, 17.0), (240.0, 7.0)):
        for axis in (0, 1):
            shift[:, axis] += height * smooth_field(vertices, rng, wavelength=wavelength)
    vertices = np.round(vertices + shift, 1) + ORIGIN
    line_of = np.repeat(np.arange(len(lines)), pieces + 1)
    drawn = shapely.linestrings(vertices, indices=line_of)
    shapes = [
        shapely.build_area(shapely.multilinestrings(drawn[(sides == number).any(axis=1)]))
        for number in range(DISTRICTS)
    ]
    return tuple(shapely.normalize(shapes))


def _smooth(corners: Floats, edges: Ints, *, fixed: Ints, rounds: int = 2) -> Floats:
    """Move each corner of the borders half way to the middle of its neighbours, but not the `fixed` ones."""
    count = len(corners)
    weight = np.ones(2 * len(edges))
    both = np.concatenate([edges, edges[:, ::-1]])
    links = coo_array((weight, (both[:, 0], both[:, 1])), shape=(count, count)).tocsr()
    degree = np.asarray(links.sum(axis=1)).ravel()
    movable = degree > 0
    movable[np.unique(fixed)] = False
    for _ in range(rounds):
        middle = (links @ corners) / np.maximum(degree, 1)[:, None]
        corners = np.where(movable[:, None], (corners + middle) / 2, corners)
    return corners


def _city_districts(centres: Floats, district: Ints, links: csr_array, places: dict[str, int]) -> Ints:
    """Group districts into connected city districts, the one with the old town first, then clockwise."""
    pairs = district[np.column_stack(links.nonzero())]
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    alone = [
        (places["insel"], _nearest(centres, places["insel"])),
        (places["weiler"], places["siedlung_ost"]),
    ]
    pairs = np.concatenate([pairs, np.array(alone)])
    cost = 1_500 + np.hypot(*(centres[pairs[:, 0]] - centres[pairs[:, 1]]).T)
    graph = _graph(pairs, cost, DISTRICTS)
    seeds = [int(_distance(centres, middle).argmin()) for middle in MIDDLES]
    _, _, source = dijkstra(graph, directed=False, indices=seeds, min_only=True, return_predecessors=True)
    middle = np.array([centres[source == seed].mean(axis=0) for seed in seeds[1:]])
    clockwise = np.argsort(np.arctan2(middle[:, 0], middle[:, 1]) % (2 * np.pi))
    number = {seeds[0]: 1} | {seeds[1 + int(which)]: turn + 2 for turn, which in enumerate(clockwise)}
    return np.array([number[int(seed)] for seed in source])


def _nearest(centres: Floats, which: int) -> int:
    gap = _distance(centres, tuple(centres[which]))
    gap[which] = np.inf
    return int(gap.argmin())
