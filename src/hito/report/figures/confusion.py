"""The confusion matrix: who was taken for whom."""

from hito.evaluation.results import Confusion
from hito.report.figure import Axis, Boxes, Figure, Labels
from hito.report.voice import Voice

_NAMED = 12
"""Classes up to which there are numbers in the cells."""
_CELL = 64


def confusion(found: Confusion, voice: Voice) -> Figure:
    """Each row is a true class; right answers are in one colour, errors in another, as strong as their share."""
    size = len(found.labels)
    x0, x1, y0, y1, tones, shades = [], [], [], [], [], []
    texts, below, inside = [], [], []
    for i, (counts, shares) in enumerate(zip(found.counts, found.shares, strict=True)):
        for j, (count, share) in enumerate(zip(counts, shares, strict=True)):
            x0.append(float(j))
            x1.append(j + 1.0)
            y0.append(float(i))
            y1.append(i + 1.0)
            tones.append("accent" if i == j else "bad")
            shades.append(0.06 + 0.8 * (share or 0.0) if count else 0.03)
            texts.append(voice.count(count))
            below.append("" if share is None else voice.percent(share))
            inside.append("inverse" if shades[-1] > 0.5 else "ink")
    marks: list[Boxes | Labels] = [Boxes(x0=x0, x1=x1, y0=y0, y1=y1, tones=tones, shades=shades, gap=2)]
    if size <= _NAMED:
        middle_x, middle_y = [at + 0.5 for at in x0], [at + 0.5 for at in y0]
        spread = size <= 5
        marks.append(
            Labels(
                x=middle_x,
                y=middle_y,
                texts=texts,
                anchor="middle",
                tones=inside,
                dy=-1 if spread else 3.5,
                strong=spread,
            )
        )
        if spread:
            marks.append(Labels(x=middle_x, y=middle_y, texts=below, anchor="middle", tones=inside, dy=14))
    names = [name if size <= _NAMED or at % (size // 10) == 0 else "" for at, name in enumerate(found.labels)]
    short = [name if len(name) <= 12 else name[:11] + "…" for name in names]
    title = voice.name("confusion", found.name)
    if found.threshold is not None:
        title += f" · {voice.say('threshold')} {voice.fixed(found.threshold, 2)}"
    pairs = "; ".join(
        f"{found.labels[i]} → {found.labels[j]}: {voice.count(found.counts[i][j])}"
        for i in range(min(size, 4))
        for j in range(min(size, 4))
    )
    return Figure(
        title=title,
        alt=voice.say("alt.confusion", pairs=pairs),
        x=Axis(low=0, high=size, ticks=tuple((at + 0.5, name) for at, name in enumerate(short) if name),
               label=voice.say("axis.predicted"), bar=False),
        y=Axis(low=size, high=0, ticks=tuple((at + 0.5, name) for at, name in enumerate(names) if name),
               label=voice.say("axis.true"), bar=False),
        marks=tuple(marks),
        height=50 + max(min(size * _CELL, 300), 128),
    )  # fmt: skip
