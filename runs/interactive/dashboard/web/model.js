// The state that the parts share, with the interface of anywidget's front-end modules: get, set, on.

export class Model {
  constructor(values) {
    this.values = values;
    this.listeners = {};
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.assign({ [name]: value });
  }

  /** Change several values, then say so: each listener finds all of them new. */
  assign(values) {
    const changed = Object.keys(values).filter(
      (name) => JSON.stringify(this.values[name]) !== JSON.stringify(values[name]),
    );
    Object.assign(this.values, values);
    for (const name of changed) this.emit(`change:${name}`, values[name]);
    if (changed.length) this.emit("change");
  }

  quietly(name, value) {
    this.values[name] = value;
  }

  on(names, listener) {
    for (const name of names.split(" ")) (this.listeners[name] ??= []).push(listener);
  }

  emit(name, value) {
    for (const listener of this.listeners[name] ?? []) listener(value);
  }
}
