import { t } from '@lingui/core/macro';
import { type ComponentType, useEffect, useReducer, useState } from 'react';
import { useNotify } from './Notices.tsx';
import { onDemand } from './onDemand.ts';

/**
 * Defines a dialog whose code loads when it is first opened, or before that when the browser is idle. If the code can't be
 * loaded, the dialog closes and a notice says so.
 */
export const dialogOnDemand = <Props extends { readonly open: boolean }>(
  load: () => Promise<ComponentType<Props>>,
  close: (props: Props) => void,
): ComponentType<Props> => {
  const dialog = onDemand(load);
  return (props) => {
    const { open } = props;
    const notify = useNotify();
    const [, renderLoaded] = useReducer((count: number) => count + 1, 0);
    // Kept after it was closed, to return the focus.
    const [wasOpened, setOpened] = useState(false);
    if (open && !wasOpened) setOpened(true);
    const { Component } = dialog;
    // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time it is opened, whatever its other props are
    useEffect(() => {
      if (!open || Component) return;
      let isCurrent = true;
      dialog.load().then(
        () => isCurrent && renderLoaded(),
        () => {
          if (!isCurrent) return;
          close(props);
          notify({ text: t`This could not be loaded. Try again once the server is reachable.` });
        },
      );
      return () => {
        isCurrent = false;
      };
    }, [open, Component, notify]);
    return Component && wasOpened ? <Component {...props} /> : null;
  };
};
