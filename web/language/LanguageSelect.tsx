import { t } from '@lingui/core/macro';
import { type ChangeEvent, useLayoutEffect, useRef, useState } from 'react';
import { useNotify } from '../ui/Notices.tsx';
import { Select } from '../ui/Select.tsx';
import { chooseLanguage, type LanguageChoice, languageChoice } from './language.ts';
import { languages } from './languages.ts';

/** Whether a choice is under way, which renders the page anew: the new select takes the focus of the one before. */
let isChoosing = false;

/** Chooses the language of the web app on this device. */
export const LanguageSelect = ({ className }: { className?: string }) => {
  const notify = useNotify();
  const [choice, setChoice] = useState(languageChoice);
  const select = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => {
    if (isChoosing) select.current?.focus({ preventScroll: true });
  }, []);
  const onChange = async (event: ChangeEvent<HTMLSelectElement>) => {
    const chosen = event.target.value as LanguageChoice;
    setChoice(chosen);
    isChoosing = true;
    try {
      await chooseLanguage(chosen);
    } catch {
      setChoice(languageChoice());
      notify({ text: t`The language could not be loaded. Check the connection, and try again.` });
    } finally {
      isChoosing = false;
    }
  };
  return (
    <Select
      ref={select}
      label={t`Language`}
      name="language"
      value={choice}
      onChange={onChange}
      className={className}
    >
      <option value="system">{t`Browser language`}</option>
      {languages.map(({ code, name }) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </Select>
  );
};
