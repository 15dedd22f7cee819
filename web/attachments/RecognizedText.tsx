import { Trans } from '@lingui/react/macro';

export interface RecognizedTextProps {
  readonly textLength: number;
  /** The beginning of the text. */
  readonly preview: string;
}

/** The text that OCR read from an image, below it. */
export const RecognizedText = ({ textLength, preview }: RecognizedTextProps) => (
  <details className="mt-1 max-w-prose text-sm">
    <summary className="cursor-pointer text-muted">
      <Trans>Text read from the image by OCR</Trans>
    </summary>
    <p dir="auto" className="whitespace-pre-wrap rounded-xl bg-sunken px-3 py-1.5">
      {preview}
      {textLength > preview.length && '…'}
    </p>
  </details>
);
