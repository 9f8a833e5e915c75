import json


async def poll_in_group(phone, **parameters):
    owner, learner = await phone.person(), await phone.person("Lao")
    group = await phone.group(owner)
    await phone.act(f"groups/{group}/members", user=learner)
    await phone.updates()
    options = json.dumps([{"text": "rice"}, {"text": "maize"}])
    sent = await phone.done("sendPoll", chat_id=group, question="?", options=options, **parameters)
    return owner, learner, sent


def counts(poll):
    return [option["voter_count"] for option in poll["options"]]


async def test_an_anonymous_poll_tells_numbers_only(phone):
    owner, learner, sent = await poll_in_group(phone)
    poll = sent["poll"]
    await phone.act("vote", user=owner, poll_id=poll["id"], options=[0])
    await phone.act("vote", user=learner, poll_id=poll["id"], options=[0])
    await phone.act("vote", user=learner, poll_id=poll["id"], options=[1])

    updates = await phone.updates()

    assert [list(update)[1] for update in updates] == ["poll"] * 3
    assert [counts(update["poll"]) for update in updates] == [[1, 0], [2, 0], [1, 1]]


async def test_an_open_poll_tells_who_chose_what(phone):
    _, learner, sent = await poll_in_group(phone, is_anonymous="false")
    await phone.act("vote", user=learner, poll_id=sent["poll"]["id"], options=[1])
    await phone.act("vote", user=learner, poll_id=sent["poll"]["id"], options=[])

    answers = [u["poll_answer"] for u in await phone.updates() if "poll_answer" in u]

    assert [(a["user"]["id"], a["option_ids"]) for a in answers] == [(learner, [1]), (learner, [])]


async def test_a_stopped_poll_takes_no_more_votes(phone):
    owner, learner, sent = await poll_in_group(phone)
    where = {"chat_id": sent["chat"]["id"], "message_id": sent["message_id"]}

    assert (await phone.done("stopPoll", **where))["is_closed"] is True

    assert (await phone.updates())[-1]["poll"]["is_closed"] is True
    vote = {"user": learner, "poll_id": sent["poll"]["id"], "options": [0]}
    assert await phone.act("vote", expect=400, **vote) == {"error": "this poll is closed"}
    assert (await phone.refused("stopPoll", **where))[1] == (
        "Bad Request: poll has already been closed"
    )
    shown = await phone.see("messages", user=owner, chat=where["chat_id"])
    assert shown[-1]["poll"]["is_closed"] is True


async def test_a_poll_closes_when_its_time_is_over(phone, clock):
    _, learner, sent = await poll_in_group(phone, open_period=60)
    clock.seconds += 60

    vote = {"user": learner, "poll_id": sent["poll"]["id"], "options": [0]}

    assert await phone.act("vote", expect=400, **vote) == {"error": "this poll is closed"}


async def test_impossible_votes_are_refused(phone):
    stranger = await phone.person("Stranger")
    _, learner, sent = await poll_in_group(phone, type="quiz", correct_option_id=1)
    poll_id = sent["poll"]["id"]

    async def refusal(user, options, poll_id=poll_id, expect=400):
        vote = {"user": user, "poll_id": poll_id, "options": options}
        return (await phone.act("vote", expect=expect, **vote))["error"]

    assert await refusal(stranger, [0]) == "this person does not see the poll"
    assert await refusal(learner, [0, 1]) == "only one answer is allowed"
    assert await refusal(learner, [2]) == "no such option"
    assert await refusal(learner, "0") == "options must be a list of numbers"
    assert await refusal(learner, [0], "5", 404) == "no such poll"
    await phone.act("vote", user=learner, poll_id=poll_id, options=[0])
    assert await refusal(learner, [1]) == "a vote in a quiz stands"
