import av
import numpy as np
import pytest
import yaml

from bot.clips import FOLDER, Clip, clip, clips
from bot.clips.reading import phrases, plain, put_right
from bot.clips.sound import tidy, write_opus

RATE = 24_000
SENTENCES = yaml.safe_load((FOLDER / "zh" / "sentences.yaml").read_text(encoding="utf-8"))


def tone(seconds, loudness=0.1):
    moments = np.arange(int(seconds * RATE)) / RATE
    return (loudness * np.sin(2 * np.pi * 220 * moments)).astype(np.float32)


def test_a_catalog_sentence_has_its_clip():
    found = clip("Thank you.")
    assert found == Clip(FOLDER / "zh" / "097.ogg", "谢谢你。", "machine", 1)
    assert found.path.is_file()


def test_what_has_no_clip_gives_none():
    assert clip("Nobody ever said this.") is None
    assert clip("Thank you.", "hea") is None


def test_no_miao_is_ever_synthesised():
    assert [path.name for path in FOLDER.iterdir() if any(path.glob("*.ogg"))] == ["zh"]
    assert {one.made_by for one in clips().values()} == {"machine"}


def test_every_sentence_was_rendered_as_it_is_written_and_nothing_else():
    assert {entry["english"]: entry["spoken"] for entry in SENTENCES} == {
        msgid: one.spoken for msgid, one in clips().items()
    }
    assert {one.path.name for one in clips().values()} == {
        path.name for path in (FOLDER / "zh").glob("*.ogg")
    }


def test_spoken_words_have_no_slots():
    assert not any("%(" in one.spoken for one in clips().values())


def test_every_clip_is_short_mono_opus_of_even_loudness():
    for msgid, one in clips().items():
        with av.open(str(one.path)) as file:
            stream = file.streams.audio[0]
            sound = np.concatenate([f.to_ndarray()[0] for f in file.decode(stream)])
            assert (stream.codec_context.name, stream.channels) == ("opus", 1), msgid
        loud = np.sqrt((sound[: sound.size // 960 * 960].reshape(-1, 960) ** 2).mean(axis=1))
        speech = loud[loud > loud.max() / 10]
        assert 0.4 < sound.size / 48_000 <= 12, msgid
        assert -20 < 20 * np.log10(np.sqrt((speech**2).mean())) < -14, msgid
        assert np.abs(sound).max() < 1.1, msgid
        assert one.path.stat().st_size <= 60_000, msgid


def test_a_sound_is_trimmed_and_evened():
    silence = np.zeros(RATE, np.float32)
    sound = tidy(np.concatenate([silence, tone(1.0), silence]), RATE)
    assert sound.size / RATE == pytest.approx(1.28, abs=0.05)
    assert np.sqrt((sound[RATE // 2 : RATE] ** 2).mean()) == pytest.approx(0.158, abs=0.01)


def test_loud_and_quiet_sounds_come_out_alike():
    loud, quiet = tidy(tone(1.0, 0.9), RATE), tidy(tone(1.0, 0.01), RATE)
    assert np.abs(loud).max() == pytest.approx(np.abs(quiet).max(), abs=0.01)


def test_silence_is_no_clip():
    with pytest.raises(ValueError, match="no sound"):
        tidy(np.zeros(RATE, np.float32), RATE)


def test_a_written_clip_lasts_as_long_as_its_sound(tmp_path):
    seconds = write_opus(tmp_path / "new" / "a.ogg", tone(1.5), RATE)
    with av.open(str(tmp_path / "new" / "a.ogg")) as file:
        decoded = sum(f.samples for f in file.decode(audio=0)) / 48_000
    assert seconds == 1.5
    assert decoded == pytest.approx(1.5, abs=0.08)


def test_a_sentence_falls_into_breaths():
    assert phrases("好，记下了……你来了。") == [("好", "，"), ("记下了", "…"), ("你来了", "。")]


@pytest.mark.parametrize(
    ("text", "dictionary", "said"),
    [
        ("不对", "bu4 dui4", "bu2 dui4"),
        ("我不来", "wo3 bu4 lai2", "wo3 bu4 lai2"),
        ("一张", "yi1 zhang1", "yi4 zhang1"),
        ("这一课", "zhe4 yi1 ke4", "zhe4 yi2 ke4"),
        ("按一", "an4 yi1", "an4 yi1"),
        ("第一课", "di4 yi1 ke4", "di4 yi1 ke4"),
        ("看一看", "kan4 yi1 kan4", "kan4 yi5 kan4"),
        ("一个一个按", "yi1 ge4 yi1 ge4 an4", "yi2 ge5 yi2 ge5 an4"),
        ("你好", "ni3 hao3", "ni2 hao3"),
        ("请你把", "qing3 ni3 ba3", "qing2 ni2 ba3"),
        ("数东西", "shu4 dong1 xi1", "shu3 dong1 xi5"),
        ("太长了", "tai4 zhang3 le5", "tai4 chang2 le5"),
        ("看门牌", "kan1 men2 pai2", "kan4 men2 pai2"),
        ("上得怎么样", "shang4 de2 zen3 me5 yang4", "shang4 de5 zen3 me5 yang4"),
        ("按照片", "an4 zhao4 pian1", "an4 zhao4 pian4"),
        ("来不了", "lai2 bu4 liao3", "lai2 bu5 liao3"),
        ("长{zhang3}大", "chang2 da4", "zhang3 da4"),
        ("好", "hao3", "hao3"),
    ],
)
def test_what_a_dictionary_reads_wrongly_is_put_right(text, dictionary, said):
    assert " ".join(put_right(text, dictionary.split())) == said


def test_readings_written_into_a_text_are_not_spoken():
    assert plain("长{zhang3}大") == "长大"
