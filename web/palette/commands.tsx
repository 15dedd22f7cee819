import type { LucideIcon } from 'lucide-react';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';

/** An action that the command palette offers. */
export interface Command {
  readonly name: string;
  readonly icon: LucideIcon;
  /** Further words that find it, in the language of the page. */
  readonly words?: string;
  readonly run: () => void;
}

/** Sets the commands of a component; null removes them. */
type Register = (id: string, commands: readonly Command[] | null) => void;

const RegisterContext = createContext<Register>(() => {});
const RegistryContext = createContext<ReadonlyMap<string, readonly Command[]>>(new Map());

export const CommandsProvider = ({ children }: { children: ReactNode }) => {
  const [registry, setRegistry] = useState<ReadonlyMap<string, readonly Command[]>>(() => new Map());
  const register = useCallback<Register>(
    (id, commands) =>
      setRegistry((before) => {
        const after = new Map(before);
        if (commands) after.set(id, commands);
        else after.delete(id);
        return after;
      }),
    [],
  );
  return (
    <RegisterContext value={register}>
      <RegistryContext value={registry}>{children}</RegistryContext>
    </RegisterContext>
  );
};

/**
 * Offers commands in the palette while the component is mounted. They are registered again when their names change; the
 * latest `run` is called.
 */
export const useCommands = (commands: readonly Command[]): void => {
  const id = useId();
  const register = useContext(RegisterContext);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const names = commands.map(({ name }) => name).join('\n');
  useEffect(() => {
    if (names === '') return;
    const run = (name: string) => latest.current.find((command) => command.name === name)?.run();
    register(
      id,
      latest.current.map((command) => ({ ...command, run: () => run(command.name) })),
    );
    return () => register(id, null);
  }, [id, names, register]);
};

/** Returns all commands, those of the page first. */
export const useAllCommands = (): readonly Command[] => {
  const registry = useContext(RegistryContext);
  return useMemo(() => [...registry.values()].reverse().flat(), [registry]);
};
