import { Plural, Trans } from '@lingui/react/macro';
import { type Amount, tokensOf } from './amounts.ts';

const strong = 'font-medium text-ink';

export interface AmountWordsProps {
  readonly amount: Amount;
  /** Whether to say how many of the answers came from the cache, if any did. */
  readonly withSaved?: boolean;
}

/** Says how many tokens and answers an amount has, with the tokens emphasized. */
export const AmountWords = ({ amount, withSaved = false }: AmountWordsProps) => {
  const tokens = tokensOf(amount);
  const { generations: answers, cachedGenerations: saved } = amount;
  const tokensInWords = (
    <Plural
      value={tokens}
      one={
        <Trans>
          <span className={strong}>#</span> token
        </Trans>
      }
      other={
        <Trans>
          <span className={strong}>#</span> tokens
        </Trans>
      }
    />
  );
  return withSaved && saved > 0 ? (
    <Trans>
      {tokensInWords}, <Plural value={answers} one="# answer" other="# answers" />,{' '}
      <Plural value={saved} other="# of them saved" />
    </Trans>
  ) : (
    <Trans>
      {tokensInWords}, <Plural value={answers} one="# answer" other="# answers" />
    </Trans>
  );
};
