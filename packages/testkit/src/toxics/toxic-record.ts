import type { Dice } from "../dice.ts";
import type { Stream } from "../proxy/stream.ts";
import { BEHAVIOURS, type Behaviours } from "./behaviours.ts";
import { checkToxic } from "./check-toxic.ts";
import { StageSlot, type SlotHost } from "./stage-slot.ts";
import type { Toxic, ToxicAttributes, ToxicOptions, ToxicType } from "./toxic.ts";

/** A toxic as directions of connections see it, whatever its type. */
export interface AnyToxicRecord {
  readonly stream: Stream;
  /** Its place among the toxics: the one that was added first works first. */
  readonly order: number;
  /** The stage for a new connection, if that is poisoned. */
  poison(host: SlotHost, dice: Dice): StageSlot | undefined;
}

/** A toxic, and where it is at work. */
export class ToxicRecord<Type extends ToxicType> implements Toxic<Type>, AnyToxicRecord {
  readonly type: Type;
  readonly stream: Stream;
  readonly order: number;
  readonly #toxicity: number;
  readonly #forget: () => void;
  readonly #slots = new Set<StageSlot>();
  #attributes: ToxicAttributes[Type];

  /** @param forget Takes the toxic off the list, so that no new connection gets it. */
  constructor(options: ToxicOptions<Type>, order: number, forget: () => void) {
    checkToxic(options.type, options);
    this.type = options.type;
    this.stream = options.stream;
    this.order = order;
    this.#toxicity = options.toxicity ?? 1;
    this.#attributes = options;
    this.#forget = forget;
  }

  poison(host: SlotHost, dice: Dice): StageSlot | undefined {
    if (!dice.chance(this.#toxicity)) return undefined;
    const behaviour: Behaviours[Type] = BEHAVIOURS[this.type];
    const slot = new StageSlot({ host, dice, order: this.order });
    slot.start(behaviour(slot.flow(() => this.#attributes)));
    this.#slots.add(slot);
    host.whenOver(() => this.#slots.delete(slot));
    return slot;
  }

  update(changes: Partial<ToxicAttributes[Type]>): void {
    checkToxic(this.type, changes);
    this.#attributes = { ...this.#attributes, ...changes };
    for (const slot of this.#slots) slot.changed();
  }

  remove(): void {
    this.#forget();
    for (const slot of this.#slots) slot.remove();
    this.#slots.clear();
  }
}
