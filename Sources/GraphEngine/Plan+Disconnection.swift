import Kernels

extension Plan {
  /// The network for mosaics of the images that it takes, of which each goes its own way but for the value `name`: there
  /// the cells' arrays are joined in rows and columns, to be parted again before anything reads them.
  ///
  /// The outputs of the cells follow each other along axis 1.
  ///
  /// - Parameters:
  ///   - name: a value `[images, channels, height, width]`.
  ///   - rows: how many images stand above each other.
  ///   - columns: how many stand side by side.
  /// - Returns: The network, its value `joined` holding all cells.
  /// - Throws: ``GraphError/noSuchValue(_:)``; ``GraphError/wrongInput(name:expected:given:)`` where the network takes more
  ///   than one image, or the value holds no maps.
  public func disconnected(at name: String, rows: Int, columns: Int) throws(GraphError) -> Graph {
    guard let shape = shape(of: name) else { throw .noSuchValue(name) }
    guard graph.inputs.count == 1, let input = graph.inputs.first, input.shape.count == 4, shape.count == 4 else {
      throw .wrongInput(name: name, expected: [1, 1, rows, columns], given: shape)
    }
    var mosaic = Mosaic(rows: rows, columns: columns)
    mosaic.part(input.name, of: input.shape)
    for cell in 0..<rows * columns {
      for step in steps {
        let inputs = step.node.inputs.map { value in
          values.ids[value].flatMap { values.constants[$0] } != nil
            ? value : value == name ? Mosaic.parted(value, cell) : Mosaic.named(value, cell)
        }
        mosaic.nodes.append(Node(step.node.op, inputs, to: Mosaic.named(step.name, cell)))
      }
    }
    mosaic.join(name)
    mosaic.part(Mosaic.joined, of: shape, as: name)
    for output in graph.outputs {
      let parts = (0..<rows * columns).map { Mosaic.named(output, $0) }
      mosaic.nodes.append(Node(Concatenation(axis: 1), parts, to: output))
    }
    let whole = Graph.Input(
      input.name, shape: [input.shape[0], input.shape[1], rows * input.shape[2], columns * input.shape[3]])
    return Graph(inputs: [whole], nodes: mosaic.nodes, constants: graph.constants, outputs: graph.outputs)
  }
}

/// Nodes of a network in which cells of an image go their own ways.
private struct Mosaic {
  let rows: Int, columns: Int
  var nodes: [Node] = []

  /// The value in which cells are beside each other.
  static let joined = "joined"

  init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  /// What a value is called in a cell.
  static func named(_ value: String, _ cell: Int) -> String { "cell \(cell): \(value)" }

  /// What the value that was joined is called in a cell behind it.
  static func parted(_ value: String, _ cell: Int) -> String { "cell \(cell): \(value), parted" }

  /// The cells of a value whose cells are of a shape; called as those of the input, or as parts of the value joined.
  mutating func part(_ value: String, of shape: [Int], as joined: String? = nil) {
    for cell in 0..<rows * columns {
      let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
      let starts = [0, 0, row * shape[2], column * shape[3]]
      var ends = shape
      ends[2] += starts[2]
      ends[3] += starts[3]
      nodes.append(
        Node(
          Slice(starts: starts, ends: ends, steps: [1, 1, 1, 1]), [value],
          to: joined.map { Self.parted($0, cell) } ?? Self.named(value, cell)))
    }
  }

  /// Puts the cells of a value beside each other.
  mutating func join(_ value: String) {
    let bands = (0..<rows).map { row in
      nodes.append(
        Node(
          Concatenation(axis: 3), (0..<columns).map { Self.named(value, row * columns + $0) },
          to: "row \(row): \(value)"))
      return "row \(row): \(value)"
    }
    nodes.append(Node(Concatenation(axis: 2), bands, to: Self.joined))
  }
}
