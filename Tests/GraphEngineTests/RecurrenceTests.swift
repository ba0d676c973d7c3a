import Foundation
import GraphEngine
import Kernels
import Testing

/// Recurrent layers, against their equations written out for one unit at a time in float64.
@Suite struct RecurrenceTests {
  static let cells: [Recurrence.Cell] = [
    .simple(.tanh), .gru(gate: .sigmoid, candidate: .tanh, resetsAfterProduct: true),
    .gru(gate: .sigmoid, candidate: .tanh, resetsAfterProduct: false),
    .lstm(gate: .sigmoid, candidate: .tanh, output: .tanh, couplesGates: false),
    .lstm(gate: .sigmoid, candidate: .tanh, output: .tanh, couplesGates: true),
  ]
  let steps = 4
  let rows = 2
  let units = 3

  private func inputs(of op: Recurrence) -> [NDArray] {
    let width = op.gates * units
    let states = [ramp([rows, units], phase: 0.5), ramp([rows, units], phase: 0.8), ramp([3 * units], phase: 0.1)]
    return [ramp([steps, rows, width]), ramp([width, units], phase: 0.2), ramp([width], phase: 0.9)]
      + states.prefix(op.gates == 4 ? 3 : 1)
  }

  @Test(arguments: cells, [nil, [4, 2]]) func `outputs are those of the equations`(
    cell: Recurrence.Cell, lengths: [Int]?
  ) throws {
    for isReversed in [false, true] {
      let op = Recurrence(cell, isReversed: isReversed, lengths: lengths), inputs = inputs(of: op)
      let expected = walked(op, inputs.map { $0.scalars.map(Double.init) })
      expectClose(
        try op.forward(inputs), expected.outputs.map(Float.init), shape: [steps, rows, units], tolerance: 1e-5)
      guard op.gates == 4 else { continue }
      let cells = Recurrence(cell, result: .cells, isReversed: isReversed, lengths: lengths)
      expectClose(
        try cells.forward(inputs), expected.cells.map(Float.init), shape: [steps, rows, units], tolerance: 1e-5)
    }
  }

  @Test(arguments: cells, [nil, [4, 2]]) func `a gradient goes back through time`(
    cell: Recurrence.Cell, lengths: [Int]?
  ) throws {
    for isReversed in [false, true] {
      let op = Recurrence(cell, isReversed: isReversed, lengths: lengths)
      try expectPullback(of: op, at: inputs(of: op), varying: op.gates == 4 ? [0, 3, 4] : [0, 3])
      try expectPullback(of: op, at: inputs(of: op), varying: [0])
      let clipped = Recurrence(cell, isReversed: isReversed, clip: 0.6)
      try expectPullback(of: clipped, at: inputs(of: op), varying: [0], step: 1e-3, tolerance: 2e-2)
    }
    guard case .lstm = cell else { return }
    let op = Recurrence(cell, result: .cells, lengths: lengths)
    try expectPullback(of: op, at: inputs(of: op), varying: [0, 3, 4])
  }

  @Test func `weights that do not fit are refused`() {
    let op = Recurrence(.simple(.tanh))
    #expect(throws: ShapeError.self) { try op.outputShape(of: [[4, 2, 3], [3, 3], [3], [2, 4]]) }
    #expect(throws: ShapeError.self) { try op.outputShape(of: [[4, 2, 3], [3, 3], [3]]) }
    let late = Recurrence(.simple(.tanh), lengths: [5, 1])
    #expect(throws: ShapeError.self) { try late.outputShape(of: [[4, 2, 3], [3, 3], [3], [2, 3]]) }
  }

  private func walked(_ op: Recurrence, _ x: [[Double]]) -> (outputs: [Double], cells: [Double]) {
    let count = steps * rows * units
    var (outputs, cells) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for row in 0..<rows {
      var h = Array(x[3][(row * units)..<((row + 1) * units)])
      var c = op.gates == 4 ? Array(x[4][(row * units)..<((row + 1) * units)]) : h
      for t in op.isReversed ? (0..<steps).reversed() : Array(0..<steps) where t < op.lengths?[row] ?? steps {
        func sum(_ gate: Int, _ u: Int) -> Double { x[0][(t * rows + row) * op.gates * units + gate * units + u] }
        func product(_ gate: Int, _ u: Int, _ h: [Double]) -> Double {
          let index = gate * units + u
          return (0..<units).reduce(x[2][index]) { $0 + x[1][index * units + $1] * h[$1] }
        }
        func sigmoid(_ a: Double) -> Double { 1 / (1 + exp(-a)) }
        let old = (h: h, c: c)
        let reset = (0..<units).map { op.gates == 3 ? sigmoid(sum(1, $0) + product(1, $0, old.h)) : 0 }
        for u in 0..<units {
          switch op.cell {
          case .simple: h[u] = tanh(sum(0, u) + product(0, u, old.h))
          case .gru(_, _, let resetsAfterProduct):
            let z = sigmoid(sum(0, u) + product(0, u, old.h))
            let kept = zip(reset, old.h).map(*)
            let n = tanh(sum(2, u) + (resetsAfterProduct ? reset[u] * product(2, u, old.h) : product(2, u, kept)))
            h[u] = (1 - z) * n + z * old.h[u]
          case .lstm(_, _, _, let couplesGates):
            let i = sigmoid(sum(0, u) + product(0, u, old.h) + x[5][u] * old.c[u])
            let forget = sigmoid(sum(2, u) + product(2, u, old.h) + x[5][2 * units + u] * old.c[u])
            c[u] = (couplesGates ? 1 - i : forget) * old.c[u] + i * tanh(sum(3, u) + product(3, u, old.h))
            h[u] = sigmoid(sum(1, u) + product(1, u, old.h) + x[5][units + u] * c[u]) * tanh(c[u])
          }
          outputs[(t * rows + row) * units + u] = h[u]
          cells[(t * rows + row) * units + u] = c[u]
        }
      }
    }
    return (outputs, cells)
  }
}
