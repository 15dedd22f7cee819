import { Parser } from 'htmlparser2';

/** What is called for the elements of a document, by their names without namespace prefix. */
export interface XmlHandler {
  /** Gets the name with its prefix, too. */
  readonly open?: (name: string, attributes: XmlAttributes, prefixed: string) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** Attributes by their names as written, with a prefix if they have one. */
export type XmlAttributes = Readonly<Record<string, string>>;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Walks through an XML document, in the order of its text. It expands no entities but those of XML, and loads nothing. */
export const walkXml = (xml: string, { open, text, close }: XmlHandler): void => {
  const parser = new Parser(
    {
      onopentag: (name, attributes) => open?.(localName(name), attributes, name),
      ontext: (part) => text?.(part),
      onclosetag: (name) => close?.(localName(name)),
    },
    { xmlMode: true },
  );
  parser.end(xml);
};

/** Returns the attributes of all elements with a name. */
export const elementsOf = (xml: string, name: string): readonly XmlAttributes[] => {
  const found: XmlAttributes[] = [];
  walkXml(xml, {
    open: (opened, attributes) => {
      if (opened === name) found.push(attributes);
    },
  });
  return found;
};
