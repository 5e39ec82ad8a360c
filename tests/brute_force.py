"""All stable matchings of a small market, found by trying every matching there is."""

from itertools import product

from matchatlas.market import UNMATCHED


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
        seats = [tuple((m, p) for m, p in zip((one, other), pair, strict=True) if p != UNMATCHED)
                 for pair in pairs]  # fmt: skip
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
            _all_taken(better, options, held, places, quotas)
            for options, place in zip(agents, choice, strict=True)
            for better in options[:place]
        ):
            matched = [UNMATCHED] * len(applicants)
            for options, place in zip(agents, choice, strict=True):
                for a, p in options[place]:
                    matched[a] = p
            found.add(tuple(matched))
    return found


def _all_taken(seats, options, held, places, quotas) -> bool:
    """Whether each program would choose these applicants, who leave what they have."""
    own = {a for option in options for a, _ in option}
    for program in {p for _, p in seats}:
        wanted = {a for a, p in seats if p == program}
        pool = sorted((set(held[program]) - own) | wanted, key=places[program].get)
        if not wanted <= set(pool[: quotas[program]]):
            return False
    return True
