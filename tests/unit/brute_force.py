"""All stable matchings of a small market, found by trying every matching there is; and small
markets that are hard."""

from itertools import product

import numpy as np

from matchatlas.matching.market import UNMATCHED


def stable_matchings(applicants, programs, quotas, couples=()) -> set[tuple[int, ...]]:
    """Written for tests alone, from the definition, and apart from the engine and its checker."""
    places = [{a: place for place, a in enumerate(ranked)} for ranked in programs]
    in_couple = {member for one, other, _ in couples for member in (one, other)}
    agents = [
        [((a, p),) for p in ranked if a in places[p]]
        for a, ranked in enumerate(applicants)
        if a not in in_couple
    ]
    for one, other, pairs in couples:
        seats = [
            tuple((m, p) for m, p in zip((one, other), pair, strict=True) if p != UNMATCHED) for pair in pairs
        ]
        agents.append([seat for seat in seats if all(m in places[p] for m, p in seat)])
    agents = [[*options, ()] for options in agents]
    found = set()
    for choice in product(*[range(len(options)) for options in agents]):
        held = [[] for _ in programs]
        for options, place in zip(agents, choice, strict=True):
            for a, p in options[place]:
                held[p].append(a)
        if any(len(h) > quota for h, quota in zip(held, quotas, strict=True)):
            continue
        if not any(
            _blocks(better, options[place], held, places, quotas)
            for options, place in zip(agents, choice, strict=True)
            for better in options[:place]
        ):
            matched = [UNMATCHED] * len(applicants)
            for options, place in zip(agents, choice, strict=True):
                for a, p in options[place]:
                    matched[a] = p
            found.add(tuple(matched))
    return found


def _blocks(wanted, now, held, places, quotas) -> bool:
    """Whether an agent that wants these seats more than those it has blocks with their programs.

    Word for word the types 1, 2 (a, b) and 3 (a to d) of Manlove, McBride and Trimble (2017).
    """
    asks = [seat for seat in wanted if seat not in now]
    stays = {a for seat in wanted if seat in now for a in seat[:1]}

    def free(p) -> int:
        return quotas[p] - len(held[p])

    def liked_less(a, p) -> set:
        return {other for other in held[p] if places[p][a] < places[p][other]} - stays

    if len(asks) == 2 and asks[0][1] == asks[1][1]:
        (one, p), (other, _) = asks
        if free(p) >= 2:
            return True
        if free(p) == 1:
            return bool(liked_less(one, p) | liked_less(other, p))
        return any(s != t for s in liked_less(one, p) for t in liked_less(other, p))
    return all(free(p) >= 1 or liked_less(a, p) for a, p in asks)


def tight(stream: np.random.Generator, people: int = 10, couples: float = 0.5):
    """Lists of a market with few seats, few programs and many pairs at one program, at random:
    applicants, programs, quotas, couples (at most this share of the people)."""
    size, many = int(stream.integers(4, people + 1)), int(stream.integers(2, 5))
    every = list(product(range(many), repeat=2))
    every += [pair for p in range(many) for pair in ((p, UNMATCHED), (UNMATCHED, p))]
    rolls = []
    for number in range(max(1, int(stream.integers(couples * size / 2 + 1)))):
        some = stream.permutation(len(every))[: stream.integers(1, 7)]
        rolls.append((2 * number, 2 * number + 1, [every[n] for n in some]))
    applicants = [
        [] if a < 2 * len(rolls) else stream.permutation(many)[: stream.integers(many + 1)].tolist()
        for a in range(size)
    ]
    ranked = [stream.permutation(size)[: stream.integers(size // 2, size + 1)].tolist() for _ in range(many)]
    return applicants, ranked, stream.integers(0, 4, many).tolist(), rolls
