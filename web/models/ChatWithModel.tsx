import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { MessageSquare } from 'lucide-react';
import { useNavigate } from 'react-router';
import { chooseComparedModels } from '../comparison/useComparedModels.ts';
import { Button } from '../ui/Button.tsx';
import { chooseModel } from './useChosenModel.ts';

/** Opens a new chat with a model. */
export const ChatWithModel = ({ name }: { name: string }) => {
  const navigate = useNavigate();
  return (
    <Button
      aria-label={t`Chat with ${name}`}
      onClick={() => {
        chooseModel(name);
        chooseComparedModels([]);
        void navigate('/');
      }}
    >
      <MessageSquare size={16} strokeWidth={1.75} aria-hidden="true" />
      <Trans context="verb">Chat</Trans>
    </Button>
  );
};
