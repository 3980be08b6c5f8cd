// Reads a CloudFormation template as CloudFormation does, as far as ours needs it: tags and their
// long forms, parameters, conditions, mappings. What it doesn't know it refuses, so that a mistake shows.
import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** A YAML node as plain data: `!Ref x` becomes `{ Ref: 'x' }`, `!Sub x` `{ 'Fn::Sub': 'x' }`. */
function plain(node, document) {
  if (node === null || node === undefined) return null;
  if (isAlias(node)) return plain(node.resolve(document), document);
  let value;
  if (isMap(node)) {
    value = Object.fromEntries(node.items.map((pair) => [String(pair.key.value), plain(pair.value, document)]));
  } else if (isSeq(node)) {
    value = node.items.map((item) => plain(item, document));
  } else if (isScalar(node)) {
    value = node.value;
  }
  if (!node.tag?.startsWith('!') || node.tag === '!') return value;
  const name = node.tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const [id, ...rest] = value.split('.');
    return { 'Fn::GetAtt': [id, rest.join('.')] };
  }
  return { [`Fn::${name}`]: value };
}

/** The template's text as data, intrinsic functions in their long form. */
export function parseTemplate(text) {
  const document = parseDocument(text, { version: '1.1', merge: false, logLevel: 'silent', schema: 'core' });
  if (document.errors.length > 0) throw document.errors[0];
  return plain(document.contents, document);
}

/** What a template makes of parameters: `byType` and `resolve` are what one wants. */
export class Stack {
  /**
   * `parameters`: values that replace defaults. `physical(id, resource)`: the name that a resource
   * has in the emulator (`Ref`), `attribute(id, name, resource)` what `GetAtt` gives; both may
   * return undefined for the usual made-up ones. `ssm`: values of SSM parameters by their names.
   */
  constructor(template, { parameters = {}, region = 'us-west-2', physical, attribute, ssm = {}, name = 'stack' } = {}) {
    this.template = template;
    for (const key of Object.keys(parameters)) {
      if (!template.Parameters?.[key]) throw new Error(`the template has no parameter ${key}`);
    }
    this.parameters = parameters;
    this.ssm = ssm;
    this.physical = physical ?? (() => undefined);
    this.attribute = attribute ?? (() => undefined);
    this.pseudo = {
      'AWS::Region': region,
      'AWS::AccountId': '000000000000',
      'AWS::Partition': 'aws',
      'AWS::StackName': name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:000000000000:stack/${name}/0`,
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }

  static read(path, options) {
    return new Stack(parseTemplate(readFileSync(path, 'utf8')), options);
  }

  /** The resources of a type whose condition holds, their properties resolved. */
  byType(type) {
    return Object.entries(this.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .filter(([, resource]) => !resource.Condition || this.condition(resource.Condition))
      .map(([id, resource]) => ({ id, properties: this.resolve(resource.Properties ?? {}) }));
  }

  condition(name) {
    const rule = this.template.Conditions?.[name];
    if (rule === undefined) throw new Error(`the template has no condition ${name}`);
    return this.truth(rule);
  }

  truth(rule) {
    if (typeof rule === 'string') return this.condition(rule);
    const [[key, value]] = Object.entries(rule);
    switch (key) {
      case 'Condition': return this.condition(value);
      case 'Fn::Equals': return String(this.resolve(value[0])) === String(this.resolve(value[1]));
      case 'Fn::Not': return !this.truth(value[0]);
      case 'Fn::And': return value.every((part) => this.truth(part));
      case 'Fn::Or': return value.some((part) => this.truth(part));
      default: throw new Error(`a condition of ${key} isn't known`);
    }
  }

  ref(id) {
    if (id in this.pseudo) return this.pseudo[id];
    const parameter = this.template.Parameters?.[id];
    if (parameter) {
      let value = this.parameters[id] ?? parameter.Default;
      if (value === undefined) throw new Error(`the parameter ${id} has no default and wasn't given`);
      if (parameter.AllowedPattern && !new RegExp(`^(?:${parameter.AllowedPattern})$`).test(value)) {
        throw new Error(`the parameter ${id} doesn't take ${value}`);
      }
      if (parameter.Type.startsWith('AWS::SSM::Parameter::Value<')) {
        value = this.ssm[value];
        if (value === undefined) throw new Error(`the parameter ${id} names an SSM parameter that isn't there`);
      }
      return parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<')
        ? String(value).split(',').map((part) => part.trim())
        : String(value);
    }
    const resource = this.template.Resources[id];
    if (!resource) throw new Error(`the template has nothing named ${id}`);
    return this.physical(id, resource) ?? id;
  }

  get(id, name) {
    const resource = this.template.Resources[id];
    if (!resource) throw new Error(`the template has no resource ${id}`);
    return this.attribute(id, name, resource) ?? `${this.ref(id)}.${name}`;
  }

  substitute(value) {
    const [text, own] = Array.isArray(value) ? value : [value, {}];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal, inner) => {
      if (literal) return `\${${inner}}`;
      const name = inner.trim();
      if (name in own) return String(this.resolve(own[name]));
      const dot = name.indexOf('.');
      return String(dot < 0 ? this.ref(name) : this.get(name.slice(0, dot), name.slice(dot + 1)));
    });
  }

  /** A value without intrinsic functions. Keys that are `AWS::NoValue` are left out. */
  resolve(value) {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item)).filter((item) => item !== undefined);
    }
    if (value === null || typeof value !== 'object') return value;
    const keys = Object.keys(value);
    if (keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'))) {
      return this.intrinsic(keys[0], value[keys[0]]);
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, this.resolve(inner)])
        .filter(([, inner]) => inner !== undefined),
    );
  }

  intrinsic(name, value) {
    switch (name) {
      case 'Ref': return value === 'AWS::NoValue' ? undefined : this.ref(value);
      case 'Fn::GetAtt': return this.get(value[0], this.resolve(value[1]));
      case 'Fn::Sub': return this.substitute(value);
      case 'Fn::If': return this.resolve(this.condition(value[0]) ? value[1] : value[2]);
      case 'Fn::Join': return this.resolve(value[1]).join(value[0]);
      case 'Fn::Split': return this.resolve(value[1]).split(value[0]);
      case 'Fn::Select': {
        const list = this.resolve(value[1]);
        const index = Number(this.resolve(value[0]));
        if (!(index in list)) throw new Error(`Fn::Select: there is no part ${index}`);
        return list[index];
      }
      case 'Fn::FindInMap': {
        const [map, first, second] = value.map((part) => this.resolve(part));
        const found = this.template.Mappings?.[map]?.[first]?.[second];
        if (found === undefined) throw new Error(`the template has no mapping ${map}.${first}.${second}`);
        return found;
      }
      case 'Fn::Base64': return Buffer.from(this.resolve(value)).toString('base64');
      default: throw new Error(`${name} isn't known`);
    }
  }
}
