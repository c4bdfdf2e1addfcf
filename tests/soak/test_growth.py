"""What counts as a process that takes more and more."""

from tests.soak.growth import Sample, growth


def steady(level):
    return lambda _: level


def life(number, rss, files=None, until=200):
    files = files or steady(20)
    return [
        Sample(life=number, age=age, rss=rss(age), files=files(age), threads=5, children=2, zombies=0)
        for age in range(0, until, 2)
    ]


def leaks(samples):
    return [each.what for each in growth(samples) if each.is_leak()]


def test_a_process_that_only_warms_up_is_none():
    assert not leaks(life(1, lambda age: 60 + min(age, 30)))


def test_memory_that_grows_on_is_found():
    assert leaks(life(1, lambda age: 60 + age / 5)) == ["life 1, warm to end"]


def test_open_files_that_grow_on_are_found():
    assert leaks(life(1, steady(60), files=lambda age: 20 + age // 10)) == ["life 1, warm to end"]


def test_a_pool_of_connections_that_fills_early_is_no_growth():
    assert not leaks(life(1, steady(60), files=lambda age: 30 if 60 < age < 90 or age > 180 else 12))


def test_a_newer_life_that_holds_more_at_the_same_age_is_found():
    samples = life(1, steady(60), until=100) + life(2, steady(90)) + life(3, steady(100), until=300)
    assert leaks(samples) == ["life 1 to life 3, at 98 s"]


def test_a_short_life_tells_nothing():
    assert growth(life(1, lambda age: 60 + age, until=50)) == []


def test_one_peak_at_the_end_is_no_growth():
    assert not leaks(life(1, lambda age: 160 if age == 198 else 60))
