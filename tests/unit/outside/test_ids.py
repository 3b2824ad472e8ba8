"""Chances: a sequence that a seed has for ever."""

from emulator.outside import ids


def test_draws_are_spread_evenly_and_the_same_for_ever() -> None:
    draws = [ids.draw(7, number) for number in range(10_000)]
    assert all(0 <= draw < 1 for draw in draws)
    for tenth in range(10):
        assert 850 < sum(tenth <= draw * 10 < tenth + 1 for draw in draws) < 1_150
    assert [round(draw, 3) for draw in draws[:3]] == [0.846, 0.678, 0.352]
    assert draws[:10] != [ids.draw(8, number) for number in range(10)]
