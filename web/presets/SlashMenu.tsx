import { t } from '@lingui/core/macro';
import { type KeyboardEvent, type RefObject, Suspense, useEffect, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { useNavigate } from 'react-router';
import { isOfInputMethod } from '../ui/inputMethod.ts';
import type { SlashMenuQuery } from './__generated__/SlashMenuQuery.graphql.ts';
import { presetTitle } from './presetTitles.ts';
import { candidatesOf, slashCommandOf } from './slash.ts';

export interface SlashMenuProps {
  readonly message: string;
  /** Called when a preset is opened: the message was a command. */
  readonly onOpen: () => void;
  /** Set to the handler of the message field's keys while the menu is shown. It returns whether it used the key. */
  readonly keys: RefObject<SlashKeys | null>;
}

export type SlashKeys = (event: KeyboardEvent) => boolean;

/** Above the message field: the presets that a message such as `/code` can mean. Enter opens the chosen one. */
export const SlashMenu = (props: SlashMenuProps) =>
  slashCommandOf(props.message) && (
    <Suspense>
      <Menu {...props} />
    </Suspense>
  );

const Menu = ({ message, onOpen, keys }: SlashMenuProps) => {
  const { presets } = useLazyLoadQuery<SlashMenuQuery>(
    graphql`
      query SlashMenuQuery {
        presets(first: 100) {
          edges {
            node {
              id
              current {
                definition {
                  name
                  title
                  icon
                }
              }
            }
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-or-network' },
  );
  const navigate = useNavigate();
  const [chosen, setChosen] = useState(0);
  const [hiddenFor, setHiddenFor] = useState<string | null>(null);
  const command = slashCommandOf(message);
  const candidates =
    command === null || hiddenFor === message
      ? []
      : candidatesOf(
          command,
          presets.edges.map(({ node }) => node.current.definition),
        );
  const active = Math.min(chosen, candidates.length - 1);
  const open = (name: string) => {
    onOpen();
    void navigate(`/presets/${name}`, { state: { text: command?.text ?? null } });
  };

  useEffect(() => {
    keys.current = (event) => {
      const preset = candidates[active];
      if (!preset || isOfInputMethod(event.nativeEvent)) return false;
      if (event.key === 'Enter' && !event.shiftKey) open(preset.name);
      else if (event.key === 'ArrowDown' && command?.text === null)
        setChosen((active + 1) % candidates.length);
      else if (event.key === 'ArrowUp' && command?.text === null)
        setChosen((active - 1 + candidates.length) % candidates.length);
      else if (event.key === 'Escape') setHiddenFor(message);
      else return false;
      event.preventDefault();
      return true;
    };
    return () => {
      keys.current = null;
    };
  });

  if (candidates.length === 0) return null;
  return (
    <ul
      aria-label={t`Presets for this command`}
      className="overflow-hidden rounded-xl border border-line bg-raised py-1 shadow-sm"
    >
      {candidates.map(({ name, title, icon }, index) => (
        <li key={name}>
          <button
            type="button"
            onClick={() => open(name)}
            aria-current={index === active}
            className={`flex w-full items-center gap-2.5 px-3 py-2 text-start pointer-coarse:min-h-11 ${index === active ? 'bg-hover' : ''}`}
          >
            <span aria-hidden="true">{icon}</span>
            <span dir="auto" className="min-w-0 flex-1 truncate text-start">
              {presetTitle(title)}
            </span>
            <code className="font-mono text-sm text-muted">/{name}</code>
          </button>
        </li>
      ))}
    </ul>
  );
};
