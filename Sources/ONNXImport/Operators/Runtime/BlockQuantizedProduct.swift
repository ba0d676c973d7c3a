import GraphEngine
import Kernels

extension OperatorTable {
  /// `MatMulNBits`: a product with weights `[N, K]` of few bits, of which each block along `K` has a scale and a zero
  /// point; the weights are unpacked once.
  static func blockQuantizedProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let packing = try BlockPacking(call)
    guard x.shape.count >= 2, x.shape.last == packing.inputs else {
      throw call.malformed("its input of \(spelled(x.shape)) does not have \(packing.inputs) columns")
    }
    let weights = Value.constant(try packing.weights(of: call), name: "")
    let product = try graph.add(MatrixProduct(), [x, weights], for: call)
    guard let bias = call.optionalInput(5) else { return product }
    return try graph.add(Arithmetic(.add), [product, bias], for: call)
  }
}

/// How `MatMulNBits` packs its weights: each row in blocks, each block in whole bytes, the lowest bits first.
private struct BlockPacking {
  let inputs: Int
  let outputs: Int
  let bits: Int
  let block: Int
  var blocks: Int { (inputs + block - 1) / block }
  var bytesPerBlock: Int { block * bits / 8 }

  init(_ call: OperatorCall) throws(ONNXError) {
    if try call.attributes.integer("weight_prepacked") ?? 0 != 0 {
      throw call.unsupported("its weights are packed for one kind of graphics card")
    }
    if let order = call.optionalInput(4), order.constant?.count != 0 {
      throw call.unsupported("its weights are not in order (g_idx)")
    }
    let bits = try call.attributes.integer("bits") ?? 4
    guard let inputs = try call.attributes.integer("K"), let outputs = try call.attributes.integer("N"),
      let block = try call.attributes.integer("block_size"), (1...(1 << 20)).contains(inputs),
      (1...(1 << 20)).contains(outputs), (8...(1 << 20)).contains(block), [2, 4, 8].contains(bits),
      block * bits % 8 == 0
    else { throw call.malformed("its K, N, bits or block_size are missing or make no sense") }
    (self.inputs, self.outputs, self.bits, self.block) = (inputs, outputs, bits, block)
  }

  /// The weights as a product wants them, `[K, N]`.
  func weights(of call: OperatorCall) throws(ONNXError) -> Constant {
    guard let packed = try call.constant(1, "its weights")?.integers,
      let scales = try call.constant(2, "its scales")?.reals, packed.count == outputs * blocks * bytesPerBlock,
      scales.count == outputs * blocks
    else { throw call.malformed("its weights or scales do not fit \(outputs) rows of \(blocks) blocks") }
    let zeros = try zeroPoints(of: call)
    guard elementCount(of: [inputs, outputs]) != nil else {
      throw .tooLarge(value: call.resultName, shape: [inputs, outputs])
    }
    var weights = [Float](repeating: 0, count: inputs * outputs)
    for row in 0..<outputs {
      for column in 0..<inputs {
        let group = row * blocks + column / block
        let number = Float(unpacked(packed, from: group * bytesPerBlock, column % block))
        weights[column * outputs + row] = (number - zeros[group]) * scales[group]
      }
    }
    return Constant(reals: weights, shape: [inputs, outputs])
  }

  /// For each block its zero point: packed like the weights, stated as a real, or the middle of the range.
  private func zeroPoints(of call: OperatorCall) throws(ONNXError) -> [Float] {
    guard let stated = try call.constant(3, "its zero points"), stated.count > 0 else {
      return [Float](repeating: Float(1 << (bits - 1)), count: outputs * blocks)
    }
    let bytesPerRow = (blocks * bits + 7) / 8
    if let packed = stated.integers, packed.count == outputs * bytesPerRow {
      return (0..<outputs * blocks).map { group in
        Float(unpacked(packed, from: group / blocks * bytesPerRow, group % blocks))
      }
    }
    guard stated.integers == nil, stated.count == outputs * blocks else {
      throw call.malformed("its zero points do not fit \(outputs) rows of \(blocks) blocks")
    }
    return stated.reals
  }

  /// A number out of the bytes that begin at `start`.
  private func unpacked(_ bytes: [Int], from start: Int, _ index: Int) -> Int {
    let bit = index * bits
    return bytes[start + bit / 8] >> (bit % 8) & (1 << bits - 1)
  }
}
