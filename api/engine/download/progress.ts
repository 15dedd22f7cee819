/** The stream that shows the progress, usually standard error. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The cells of the bar, the interval between two redraws in ms, and the fraction between two log lines. */
const barWidth = 28;
const redrawMs = 100;
const logStep = 0.25;
const clearLine = '\r\u001b[2K';

/** Shows the progress of a download: as a bar on a terminal, as a few lines elsewhere. */
export class ProgressBar {
  readonly #output: ProgressOutput;
  readonly #title: string;
  readonly #started = performance.now();
  #drawnAt = Number.NEGATIVE_INFINITY;
  #loggedPart = Number.NEGATIVE_INFINITY;

  constructor(output: ProgressOutput, title: string) {
    this.#output = output;
    this.#title = title;
  }

  /** Both are in bytes; `total` is null if unknown. */
  update(received: number, total: number | null): void {
    const part = total === null || total === 0 ? null : Math.min(received / total, 1);
    if (this.#output.isTTY) this.#draw(received, total, part);
    else this.#log(received, total, part);
  }

  /** Clears the bar from the terminal. */
  end(): void {
    if (this.#output.isTTY) this.#output.write(clearLine);
  }

  #draw(received: number, total: number | null, part: number | null): void {
    const now = performance.now();
    if (now - this.#drawnAt < redrawMs && part !== 1) return;
    this.#drawnAt = now;
    const filled = Math.round((part ?? 0) * barWidth);
    const bar =
      part === null ? '' : ` ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${percent(part)}`;
    const speed = received / Math.max(now - this.#started, 1) / 1_000;
    const line = `${this.#title}${bar}  ${amount(received, total)}  ${speed.toFixed(1)} MB/s`;
    this.#output.write(`${clearLine}${line.slice(0, (this.#output.columns ?? 80) - 1)}`);
  }

  #log(received: number, total: number | null, part: number | null): void {
    if ((part ?? 0) < this.#loggedPart + logStep && !(part === 1 && this.#loggedPart < 1)) return;
    this.#loggedPart = part ?? 0;
    const done = part === null ? '' : ` ${percent(part)}`;
    this.#output.write(`${this.#title}${done}  ${amount(received, total)}\n`);
  }
}

const percent = (part: number): string => `${Math.floor(part * 100)} %`;

const amount = (received: number, total: number | null): string =>
  total === null ? `${megabytes(received)} MB` : `${megabytes(received)} of ${megabytes(total)} MB`;

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
