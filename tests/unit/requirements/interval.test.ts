import assert from "node:assert/strict";

import fc from "fast-check";

import {
    fromAwsRefreshInterval,
    loadSeconds,
    refreshInterval,
    refreshIntervalNote,
    refreshIntervalProblems,
    refreshMinutes,
    toAwsRefreshInterval,
} from "../../../sdk/requirements";

describe("refresh intervals", () => {
    it("are whole minutes in words", () => {
        assert.deepEqual(
            ["15 minutes", "1 hour", "36 hours", "6 days", "1 day"].map((words) => refreshMinutes(words)),
            [15, 60, 2160, 8640, 1440],
        );
    });

    it("come back from AWS's form in the largest unit that fits", () => {
        assert.deepEqual(["15", "60", "90", "1440", "2160", "8640"].map(fromAwsRefreshInterval), [
            "15 minutes",
            "1 hour",
            "90 minutes",
            "1 day",
            "36 hours",
            "6 days",
        ]);
    });

    it("survive the way there and back", () => {
        fc.assert(
            fc.property(fc.integer({ min: 15, max: 8640 }), (minutes) => {
                const words = refreshInterval(minutes);
                assert.equal(toAwsRefreshInterval(words), String(minutes));
                assert.equal(fromAwsRefreshInterval(String(minutes)), words);
                assert.deepEqual(refreshIntervalProblems("refreshInterval", words), []);
            }),
        );
    });

    for (const text of ["14 minutes", "5 minutes", "8641 minutes", "7 days", "145 hours"]) {
        it(`refuse "${text}" with the limits`, () => {
            const [problem] = refreshIntervalProblems("refreshInterval", text);
            assert.equal(problem!.argument, "refreshInterval");
            assert.match(problem!.message, /15 minutes to 6 days/);
        });
    }

    for (const text of [
        "",
        "15",
        "1.5 hours",
        "-15 minutes",
        "0 minutes",
        " 15 minutes",
        "15  minutes",
        "PT15M",
        "2 weeks",
    ]) {
        it(`do not understand "${text}"`, () => {
            assert.match(refreshIntervalProblems("refreshInterval", text)[0]!.message, /is not an interval/);
            assert.throws(() => refreshMinutes(text), { name: "InvalidArgument", argument: "refreshInterval" });
        });
    }

    it("of a day and more are exported in windows", () => {
        assert.equal(refreshIntervalNote("23 hours"), undefined);
        assert.match(refreshIntervalNote("1 day")!, /1 or 2 exports/);
        assert.match(refreshIntervalNote("6 days")!, /6 or 7 exports/);
    });

    it("of a warehouse are whole seconds in words", () => {
        assert.deepEqual(
            ["continuously", "1 second", "90 seconds", "2 minutes", "1 hour", "5 days"].map((words) =>
                loadSeconds(words),
            ),
            [0, 1, 90, 120, 3600, 432_000],
        );
        for (const words of ["often", "1.5 minutes", "-1 seconds", "0 seconds", "90"]) {
            assert.throws(() => loadSeconds(words), /^InvalidArgument: refreshInterval: ".*" is not an interval/);
        }
    });
});
