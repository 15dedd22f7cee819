import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button } from '../ui/Button.tsx';
import { SecretText } from '../ui/SecretText.tsx';

/** A new key, which is shown only once, to be copied. */
export const NewApiKey = ({ secret, onDone }: { secret: string; onDone: () => void }) => (
  <>
    <SecretText label={t`The key`} text={secret} copyLabel={t`Copy the key`} />
    <div className="mt-5 flex justify-end">
      <Button tone="accent" onClick={onDone}>
        <Trans>Done</Trans>
      </Button>
    </div>
  </>
);
