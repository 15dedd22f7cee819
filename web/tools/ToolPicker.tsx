import { plural, t } from '@lingui/core/macro';
import { Wrench } from 'lucide-react';
import { locale } from '../language/language.ts';
import { onDemand } from '../ui/onDemand.ts';
import { PopupOnDemand } from '../ui/PopupOnDemand.tsx';

const menu = onDemand(async () => (await import('./ToolMenu.tsx')).ToolMenu);

export interface ToolPickerProps {
  /**
   * Data instead of a fragment: the page reads the names too, and fields that both read would count twice towards the cost of
   * its query.
   */
  readonly tools: readonly { readonly name: string; readonly needsConfirmation: boolean }[];
  readonly chosen: readonly string[];
  /** The name of the model if it can't call tools: they stay chosen, but are not sent. Null if it can. */
  readonly incapable: string | null;
  readonly onChoose: (names: readonly string[]) => void;
}

/** Chooses the tools that the next answers may call. Hidden if there are none. */
export const ToolPicker = ({ tools, chosen, incapable, onChoose }: ToolPickerProps) => {
  if (tools.length === 0) return null;
  const count = chosen.length;
  const isOn = count > 0 && incapable === null;
  const reason =
    incapable !== null && count > 0
      ? t`${incapable} can’t call tools. The chosen tools are kept for other models.`
      : incapable !== null
        ? t`${incapable} can’t call tools.`
        : null;
  const names = new Intl.ListFormat(locale(), { type: 'unit', style: 'short' }).format(chosen);
  return (
    <PopupOnDemand
      kind="menu"
      popup={menu}
      trigger={
        <button
          type="button"
          aria-label={
            isOn ? plural(count, { one: '# tool chosen', other: '# tools chosen' }) : t`Choose tools`
          }
          title={
            reason ??
            (isOn
              ? plural(count, { one: `# tool chosen: ${names}`, other: `# tools chosen: ${names}` })
              : t`Choose tools`)
          }
          className={`inline-flex h-9 min-w-9 shrink-0 items-center justify-center gap-1 rounded-xl px-2 text-sm pointer-coarse:h-11 pointer-coarse:min-w-11 ${isOn ? 'bg-accent-soft text-accent' : 'text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover'}`}
        >
          <Wrench size={17} strokeWidth={1.75} aria-hidden="true" />
          {count > 0 && (
            <span className={`tabular-nums ${isOn ? '' : 'line-through'}`}>
              {count.toLocaleString(locale())}
            </span>
          )}
        </button>
      }
    >
      {(Content, trigger) => (
        <Content trigger={trigger} tools={tools} chosen={chosen} reason={reason} onChoose={onChoose} />
      )}
    </PopupOnDemand>
  );
};
