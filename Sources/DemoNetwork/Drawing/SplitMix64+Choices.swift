import Tensors

/// The kit's generator, whose numbers are the same on every platform.
typealias SplitMix64 = Tensors.SplitMix64

extension SplitMix64 {
  /// A number between zero and one.
  mutating func unit() -> Float { uniform() }

  /// A number between two others.
  mutating func number(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

  mutating func integer(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[integer(below: elements.count)] }

  mutating func chance(_ probability: Float) -> Bool { unit() < probability }
}
