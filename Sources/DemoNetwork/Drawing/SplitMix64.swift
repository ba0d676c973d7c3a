/// Steele, Lea and Flood's SplitMix64 (2014): sixty-four random bits from a counter, the same everywhere.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// A number between zero and one, from the 24 highest bits, so that the conversion is exact.
  mutating func unit() -> Float { Float(next() >> 40) / 16_777_216 }

  mutating func number(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

  mutating func integer(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[integer(below: elements.count)] }

  mutating func chance(_ probability: Float) -> Bool { unit() < probability }
}
