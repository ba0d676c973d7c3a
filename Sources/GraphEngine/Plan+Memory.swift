import Kernels

extension Plan {
  /// The bytes that one run for the outputs alone takes for its values, the inputs included.
  ///
  /// Memory is given out and taken back as the buffer pool does it: what no later value of about the same size reuses
  /// stays held. Scratch memory of the kernels is not counted, nor are weights.
  public var workingBytes: Int {
    var free: [Int: Int] = [:]
    var held = 0
    func take(_ value: ValueID) {
      let capacity = BufferPool.capacity(for: bytes(of: value))
      if let count = free[capacity], count > 0 { free[capacity] = count - 1 } else { held += capacity }
    }
    for input in inputs { take(input) }
    for (index, call) in predicting.calls.enumerated() {
      take(call.output)
      for input in Set(call.inputs)
      where predicting.lastUse[input] == index && values.constants[input] == nil && !outputs.contains(input) {
        free[BufferPool.capacity(for: bytes(of: input)), default: 0] += 1
      }
    }
    return held
  }

  private func bytes(of value: ValueID) -> Int {
    MemoryLayout<Float>.stride * values.shapes[value].reduce(1, *)
  }
}
