"""``zoo quiz``: the tutorials' exercises, and a check of your answers."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo import quiz as quizzes
from zoo.api import Table
from zoo.cli.context import load_plugins
from zoo.cli.output import WIDTH, JsonOption, print_json, print_table, say
from zoo.errors import UserError, unknown
from zoo.quiz.progress import note_solved, progress_file, solved

if TYPE_CHECKING:
    from zoo.quiz.exercise import Exercise, Topic, Verdict


def quiz(
    context: typer.Context,
    address: Annotated[
        str | None, typer.Argument(help="A topic, or TOPIC/EXERCISE. Lists all without.", metavar="EXERCISE")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Argument(help='Your answer, in quotes: "k^2*NF*NC + NC", 3.18, 25%, b, mine.py.', metavar="ANSWER"),
    ] = None,
    hint: Annotated[bool, typer.Option("--hint", help="Say where to start.")] = False,
    solution: Annotated[bool, typer.Option("--solution", help="Show a right answer, and why it is right.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="List what you have solved.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Test yourself: list the exercises, read one, check your answer.

    Exits with 0 if an answer is right, 1 if it is wrong, 2 if it cannot be read.
    """
    for word in [address or "", *(answer or ())]:
        if word.startswith("--"):  # what stands behind a single one may be a negative number
            raise unknown("option", word, ("--hint", "--solution", "--progress", "--json"))
    if progress:
        if address or hint or solution:
            raise UserError("--progress lists all exercises: zoo quiz --progress.")
        _show_progress(as_json)
        return
    if address is None:
        if hint or solution:
            raise UserError("--hint and --solution need an exercise: zoo quiz TOPIC/EXERCISE --hint.")
        _list(quizzes.TOPICS, as_json)
        return
    topic, exercise = quizzes.find(address)
    if exercise is None:
        if answer or hint or solution:
            exercise = quizzes.exercise_at(address)  # which says which there are
        else:
            _show_topic(topic, as_json)
            return
    verdict = _check(topic, exercise, " ".join(answer), context) if answer else None
    _report(topic, exercise, " ".join(answer or ()), verdict, hint, solution, as_json)
    if verdict and verdict.right:
        try:
            note_solved(f"{topic.name}/{exercise.name}")
        except OSError as error:  # the answer is right all the same
            say(f"note: cannot write {progress_file()} ({error.strerror}); progress is not kept.", err=True)
        except UserError as error:
            say(f"note: {error} Progress is not kept.", err=True)
    if verdict and not verdict.right:
        raise typer.Exit(1)


def _check(topic: Topic, exercise: Exercise, answer: str, context: typer.Context) -> Verdict:
    if exercise.kind != "file":
        return exercise.check(answer, load_plugins(context))

    from zoo.quiz.apart import check_apart

    return check_apart(f"{topic.name}/{exercise.name}", answer)


def _list(topics: Sequence[Topic], as_json: bool) -> None:
    if as_json:
        print_json([_topic_json(topic) for topic in topics])
        return
    rows = [
        [f"{topic.name}/{exercise.name}", exercise.kind, exercise.title]
        for topic in topics
        for exercise in topic.exercises
    ]
    print_table(Table(["exercise", "answer", "about"], rows, words=None))
    say("\nRead one with `zoo quiz EXERCISE`, answer it with `zoo quiz EXERCISE ANSWER`.")


def _show_progress(as_json: bool) -> None:
    dates = solved()
    addresses = [f"{topic.name}/{exercise.name}" for topic in quizzes.TOPICS for exercise in topic.exercises]
    if as_json:
        print_json([{"exercise": address, "solved": dates.get(address)} for address in addresses])
        return
    print_table(
        Table(["exercise", "solved"], [[address, dates.get(address, "-")] for address in addresses], words=None)
    )
    say(f"\n{sum(address in dates for address in addresses)} of {len(addresses)} solved.")


def _show_topic(topic: Topic, as_json: bool) -> None:
    if as_json:
        print_json(_topic_json(topic))
        return
    say(f"{topic.name}: {topic.title}")
    for exercise in topic.exercises:
        say("")
        _state(topic, exercise)


def _report(
    topic: Topic, exercise: Exercise, answer: str, verdict: Verdict | None, hint: bool, solution: bool, as_json: bool
) -> None:
    if as_json:
        record = _exercise_json(topic, exercise)
        if hint:
            record["hint"] = exercise.hint
        if verdict:
            record |= {"answer": answer, "right": verdict.right, "says": list(verdict.says)}
        if solution:
            record |= {"solution": exercise.shown_solution(), "because": exercise.because}
        print_json(record)
        return
    if verdict:
        say("Right." if verdict.right else "Not right.")
        for sentence in verdict.says:
            _tell(sentence, "* ")
        if verdict.right:
            _tell(exercise.because, "* ")
        elif not (hint or solution):
            say(f"Try again, or: zoo quiz {topic.name}/{exercise.name} --hint")
    elif not (hint or solution):
        _state(topic, exercise)
    if hint:
        _tell(f"Hint: {exercise.hint}")
    if solution:
        say(exercise.shown_solution())
        if exercise.kind != "file":  # which can be sent to a file as it is
            _tell(exercise.because)


def _state(topic: Topic, exercise: Exercise) -> None:
    from zoo.quiz.kinds import MEANING, ChoiceExercise, FormulaExercise

    address = f"{topic.name}/{exercise.name}"
    say(f"{address}: {exercise.title}")
    _tell(exercise.question, "  ")
    if isinstance(exercise, ChoiceExercise):
        for letter, option in exercise.options.items():
            _tell(f"{letter}) {option}", "    ")
    if isinstance(exercise, FormulaExercise):
        _tell("; ".join(f"{symbol}: {MEANING[symbol]}" for symbol in exercise.symbols) + ".", "  ")
    _tell(f"Answer with {exercise.form}:", "  ")
    say(f"    zoo quiz {address} {exercise.example}")


def _tell(text: str, first: str = "") -> None:
    later = " " * len(first)
    say(
        textwrap.fill(
            text,
            WIDTH - 2,
            initial_indent=first,
            subsequent_indent=later,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _topic_json(topic: Topic) -> dict[str, Any]:
    return {
        "topic": topic.name,
        "title": topic.title,
        "exercises": [_exercise_json(topic, exercise) for exercise in topic.exercises],
    }


def _exercise_json(topic: Topic, exercise: Exercise) -> dict[str, Any]:
    from zoo.quiz.kinds import ChoiceExercise

    record: dict[str, Any] = {
        "exercise": f"{topic.name}/{exercise.name}",
        "title": exercise.title,
        "question": exercise.question,
        "kind": exercise.kind,
        "form": exercise.form,
    }
    if isinstance(exercise, ChoiceExercise):
        record["options"] = dict(exercise.options)
    return record
