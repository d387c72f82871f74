/** A task waiting for its moment. */
interface Timer {
    due: number;
    order: number;
    run: () => void | Promise<void>;
}

/**
 * The time of the world: it starts at the real time, can run faster than it, and can be moved forward at once.
 *
 * All durations are milliseconds of the world. Nothing in the simulator reads the real time: seven days of retries pass
 * in a moment when a test says so.
 */
export class Clock {
    private readonly timers: Timer[] = [];
    private order = 0;
    private realOrigin = Date.now();
    private worldOrigin = this.realOrigin;
    private alarm: NodeJS.Timeout | undefined;
    private isStopped = false;
    private advancing: Promise<void> = Promise.resolve();

    /** @param rate how many seconds of the world pass in a real second */
    constructor(private rate = 1) {}

    /** The present moment, in milliseconds since the epoch. */
    now(): number {
        return this.worldOrigin + (Date.now() - this.realOrigin) * this.rate;
    }

    date(): Date {
        return new Date(this.now());
    }

    /** How many seconds of the world pass in a real second. */
    get speed(): number {
        return this.rate;
    }

    setSpeed(speed: number): void {
        this.restart(this.now());
        this.rate = speed;
        this.setAlarm();
    }

    /** Runs `task` after `ms`; the function it returns calls it off. A task starts others by `schedule`; it does not sleep. */
    schedule(ms: number, task: () => void | Promise<void>): () => void {
        if (this.isStopped) {
            return () => undefined;
        }
        const timer = { due: this.now() + ms, order: this.order++, run: task };
        this.timers.push(timer);
        this.timers.sort((a, b) => a.due - b.due || a.order - b.order);
        this.setAlarm();
        return () => {
            const at = this.timers.indexOf(timer);
            if (at >= 0) {
                this.timers.splice(at, 1);
            }
        };
    }

    /** For callers from outside the world, who wait for an answer. */
    sleep(ms: number): Promise<void> {
        return new Promise((resolve) => this.schedule(ms, resolve));
    }

    /** Moves to `ms` later; every task that becomes due runs at its own moment, in order. */
    advance(ms: number): Promise<void> {
        const move = async () => {
            const end = this.now() + ms;
            for (let timer = this.timers[0]; timer && timer.due <= end; timer = this.timers[0]) {
                this.restart(Math.max(this.now(), timer.due));
                await this.run(this.timers.shift()!);
            }
            this.restart(Math.max(this.now(), end));
            this.setAlarm();
        };
        return (this.advancing = this.advancing.then(move));
    }

    /** For good: what is running ends, and starts nothing more. */
    stop(): void {
        this.isStopped = true;
        this.timers.length = 0;
        clearTimeout(this.alarm);
    }

    private restart(worldTime: number): void {
        this.worldOrigin = worldTime;
        this.realOrigin = Date.now();
    }

    private setAlarm(): void {
        clearTimeout(this.alarm);
        const next = this.timers[0];
        if (next) {
            // A day at most: setTimeout fires at once beyond 2^31 ms.
            const real = Math.min(Math.max(0, (next.due - this.now()) / this.rate), 86_400_000);
            this.alarm = setTimeout(() => void this.advance(0), real);
            this.alarm.unref();
        }
    }

    private async run(timer: Timer): Promise<void> {
        try {
            await timer.run();
        } catch (error) {
            console.error("simulator: a scheduled task failed:", error);
        }
        // Whoever slept until now goes on before the next task is due.
        await new Promise(setImmediate);
    }
}

export const seconds = (n: number) => n * 1000;
export const minutes = (n: number) => n * 60_000;
export const hours = (n: number) => n * 3_600_000;
export const days = (n: number) => n * 86_400_000;
