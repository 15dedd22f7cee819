import { badInput } from '../../../errors/failures.ts';

/** Something that one speaker says without interruption. */
export interface Utterance {
  /** Counts the utterances from 1. */
  readonly number: number;
  readonly speaker: string | null;
  readonly text: string;
  /** Seconds from the start of the meeting; null: the transcript has no times. */
  readonly startS: number | null;
}

type Spoken = Omit<Utterance, 'number'>;

/** `01:02:03.456`, `02:03,456` or `1:02:03`. */
const time = /(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?/;
const cue = new RegExp(`^\\s*${time.source}\\s+-->\\s+${time.source}`);
const timed = new RegExp(`^\\s*[\\[(]?${time.source}[\\])]?\\s*[-–]?\\s*`);
/** A name of up to four words before a colon. It starts with a letter, so a clock's time isn't a speaker. */
const speaker =
  /^\s*([\p{L}][\p{L}\p{M}\p{N}.'’()_-]*(?: [\p{L}\p{N}][\p{L}\p{M}\p{N}.'’()_-]*){0,3})\s*:\s+(?=\S)/u;

/** Maximum UTF-16 units of an utterance: a longer one is split at a sentence or a word. */
const maxUtterance = 1_000;

/**
 * Parses a transcript: WebVTT, SubRip (SRT), or text with one speaker a line, with or without times. Lines of one speaker
 * in a row become one utterance. Throws `BAD_USER_INPUT` if it has no text.
 */
export const parseTranscript = (field: string, text: string): readonly Utterance[] => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const isTimed = lines.some((line) => cue.test(line));
  const spoken = isTimed ? cuesOf(lines) : linesOf(lines);
  const utterances = joined(spoken).flatMap(split);
  if (!utterances.some((each) => /[\p{L}\p{N}]/u.test(each.text))) {
    throw badInput(field, `${field} contains no spoken text. Send VTT, SRT, or text such as "Ada: Hello".`);
  }
  return utterances.map((each, index) => ({ ...each, number: index + 1 }));
};

/** The cues of VTT and SRT: a line with times, then lines of text up to a blank line. */
const cuesOf = (lines: readonly string[]): readonly Spoken[] => {
  const found: Spoken[] = [];
  let startS: number | null = null;
  for (const line of lines) {
    const times = cue.exec(line);
    if (times) startS = secondsOf(times);
    else if (line.trim() === '') startS = null;
    else if (startS !== null) found.push({ ...spokenOf(line), startS });
  }
  return found;
};

const linesOf = (lines: readonly string[]): readonly Spoken[] =>
  lines
    .filter((line) => line.trim() !== '' && !/^WEBVTT\b/.test(line))
    .map((line) => {
      const times = timed.exec(line);
      const rest = times ? line.slice(times[0].length) : line;
      return { ...spokenOf(rest), startS: times && secondsOf(times) };
    });

/** Each part stops at the next tag, so that a long line of unfinished tags takes linear time. */
const voiceTag = /<v(?:\.[^\s<>]*)?\s+([^\s<>][^<>]*)>/;

/** Reads `<v Ada>Hello</v>` of VTT, or `Ada: Hello`. Removes other tags. */
const spokenOf = (line: string): Omit<Spoken, 'startS'> => {
  const voice = voiceTag.exec(line);
  const plain = decode(line.replace(/<[^<>]*>/g, '')).trim();
  if (voice?.[1]) return { speaker: decode(voice[1]).trim(), text: plain };
  const named = speaker.exec(plain);
  return named?.[1]
    ? { speaker: named[1], text: plain.slice(named[0].length) }
    : { speaker: null, text: plain };
};

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
};

const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => entities[name] ?? '');

const secondsOf = ([, hours = '0', minutes = '0', seconds = '0']: RegExpExecArray): number =>
  Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);

/** Joins lines of one speaker; a line without a speaker continues the previous one. */
const joined = (spoken: readonly Spoken[]): readonly Spoken[] => {
  const result: Spoken[] = [];
  for (const each of spoken) {
    if (each.text === '') continue;
    const last = result.at(-1);
    const continues = last && (each.speaker === null ? last.speaker !== null : each.speaker === last.speaker);
    if (last && continues && last.text.length + each.text.length < maxUtterance) {
      result[result.length - 1] = { ...last, text: `${last.text} ${each.text}` };
    } else if (last && continues) result.push({ ...each, speaker: last.speaker });
    else result.push(each);
  }
  return result;
};

const split = (each: Spoken): readonly Spoken[] => {
  const parts: Spoken[] = [];
  let rest = each.text;
  while (rest.length > maxUtterance) {
    const head = rest.slice(0, maxUtterance);
    const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('? '), head.lastIndexOf('! ')) + 1;
    const at = sentence > 0 ? sentence : Math.max(head.lastIndexOf(' '), 0) || maxUtterance;
    parts.push({ ...each, text: rest.slice(0, at).trim() });
    rest = rest.slice(at).trim();
  }
  return [...parts, { ...each, text: rest }];
};
