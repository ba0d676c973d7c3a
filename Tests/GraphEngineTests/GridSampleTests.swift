import GraphEngine
import Kernels
import Testing

/// Numbers by PyTorch's `grid_sample` in float64.
@Suite struct GridSampleTests {
  let image = NDArray((1...12).map { Float($0 * $0 % 17) }, shape: [1, 1, 3, 4])
  let grid = NDArray(
    [-0.9, -0.8, 0.31, 0.47, 1.2, -0.15, -1.7, 1.4, 0, 0, 0.95, -2.6], shape: [1, 2, 3, 2])

  static let expected: [(mode: GridSample.Mode, padding: GridSample.Padding, aligns: Bool, values: [Float])] = [
    (.nearest, .zeros, false, [1, 2, 0, 0, 15, 0]),
    (.nearest, .zeros, true, [1, 15, 13, 0, 15, 0]),
    (.nearest, .border, false, [1, 2, 13, 13, 15, 16]),
    (.nearest, .border, true, [1, 15, 13, 13, 15, 16]),
    (.nearest, .reflection, false, [1, 2, 13, 15, 15, 8]),
    (.nearest, .reflection, true, [1, 15, 13, 15, 15, 8]),
    (.linear, .zeros, false, [0.56, 6.2718, 1.3675, 0, 8.5, 0]),
    (.linear, .zeros, true, [2.58, 8.8627, 9.415, 0, 8.5, 0]),
    (.linear, .border, false, [1, 6.2718, 13.675, 13, 8.5, 16]),
    (.linear, .border, true, [2.58, 8.8627, 13.45, 13, 8.5, 15.475]),
    (.linear, .reflection, false, [1, 6.2718, 13.675, 13.58, 8.5, 8.5]),
    (.linear, .reflection, true, [2.58, 8.8627, 13.645, 9.67, 8.5, 9.79]),
    (.cubic, .zeros, false, [-0.258202, 6.07125, 1.19024, 0.00533081, 8.125, 0]),
    (.cubic, .zeros, true, [2.47278, 9.65793, 9.95325, -0.287536, 8.125, -1.17848]),
    (.cubic, .border, false, [-0.098006, 5.78893, 14.1031, 13, 8.125, 16.756]),
    (.cubic, .border, true, [2.16742, 9.46405, 13.624, 13.54, 8.125, 15.5977]),
    (.cubic, .reflection, false, [-0.4826, 5.78893, 14.0422, 14.4722, 8.125, 9.34074]),
    (.cubic, .reflection, true, [1.44705, 8.36798, 14.7244, 10.9782, 8.125, 9.12618]),
  ]

  @Test(arguments: expected.indices) func `values are those between pixels, and beyond`(index: Int) throws {
    let (mode, padding, aligns, values) = Self.expected[index]
    let op = GridSample(mode, padding: padding, alignsCorners: aligns)
    let computed = try op.forward([image, grid]).scalars
    #expect(zip(computed, values).allSatisfy { abs($0 - $1) < 1e-4 }, "\(computed)")
  }

  @Test(arguments: [GridSample.Mode.linear, .cubic], [GridSample.Padding.zeros, .border, .reflection])
  func `both have a gradient`(mode: GridSample.Mode, padding: GridSample.Padding) throws {
    for aligns in [false, true] {
      let op = GridSample(mode, padding: padding, alignsCorners: aligns)
      let inputs = [ramp([2, 3, 4, 5]), NDArray(ramp([2, 3, 2, 2]).scalars.map { 1.3 * $0 }, shape: [2, 3, 2, 2])]
      try expectPullback(of: op, at: inputs, varying: [0, 1], step: 1e-3)
      try expectPullback(of: op, at: inputs, varying: [0])
    }
  }

  @Test func `what is no grid of an image is refused`() {
    let op = GridSample(.linear, padding: .zeros, alignsCorners: false)
    #expect(throws: ShapeError.self) { try op.outputShape(of: [[1, 3, 4, 5], [1, 2, 2, 3]]) }
    #expect(throws: ShapeError.self) { try op.outputShape(of: [[1, 3, 4, 5], [2, 2, 2, 2]]) }
    #expect(throws: ShapeError.self) { try op.outputShape(of: [[1, 3, 4], [1, 2, 2, 2]]) }
  }
}
