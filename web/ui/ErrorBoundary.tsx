import { Component, type ReactNode } from 'react';

export interface ErrorBoundaryProps {
  readonly fallback: (error: unknown, retry: () => void) => ReactNode;
  /** A new value resets the error, such as the page's address. */
  readonly resetKey?: unknown;
  readonly children: ReactNode;
}

interface State {
  readonly error: unknown;
  readonly failed: boolean;
  readonly resetKey: unknown;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { error: null, failed: false, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error, failed: true };
  }

  static getDerivedStateFromProps({ resetKey }: ErrorBoundaryProps, state: State): Partial<State> | null {
    return resetKey === state.resetKey ? null : { error: null, failed: false, resetKey };
  }

  override render(): ReactNode {
    const { error, failed } = this.state;
    return failed
      ? this.props.fallback(error, () => this.setState({ error: null, failed: false }))
      : this.props.children;
  }
}
