import Tensors

/// The graph of a picture's pixels, each joined to its eight neighbors, by ascending difference of colour.
///
/// Source: Felzenszwalb & Huttenlocher, "Efficient graph-based image segmentation", IJCV 59, 2004.
struct PixelEdges {
  private struct Edge {
    let first: Int32, second: Int32
    /// The Euclidean distance of the colours.
    let cost: Float
  }

  private let edges: [Edge]
  private let count: Int

  /// The edges of `[channels, height, width]`.
  init(of planes: Tensor) {
    let (channels, height, width) = (planes.shape[0], planes.shape[1], planes.shape[2])
    count = height * width
    let area = count
    var edges: [Edge] = []
    edges.reserveCapacity(4 * count)
    for y in 0..<height {
      for x in 0..<width {
        for (down, right) in [(0, 1), (1, 0), (1, 1), (1, -1)] {
          let (v, u) = (y + down, x + right)
          guard v < height, u >= 0, u < width else { continue }
          let (a, b) = (y * width + x, v * width + u)
          let square = (0..<channels).reduce(Float(0)) { sum, k in
            let difference = planes.scalars[k * area + a] - planes.scalars[k * area + b]
            return sum + difference * difference
          }
          edges.append(Edge(first: Int32(a), second: Int32(b), cost: square.squareRoot()))
        }
      }
    }
    // By place where costs are equal, so that the order is the same on every machine.
    self.edges = edges.sorted { ($0.cost, $0.first, $0.second) < ($1.cost, $1.first, $1.second) }
  }

  /// For each pixel the pixel that its segment is named after.
  ///
  /// Two segments become one where the edge between them costs no more than the greatest within either, plus
  /// `scale` over its size; then those smaller than `leastSize` join a neighbor.
  func segments(scale: Double, leastSize: Int) -> [Int32] {
    var forest = DisjointSets(count)
    var greatest = [Double](repeating: 0, count: count)
    for edge in edges {
      let (a, b) = (forest.root(edge.first), forest.root(edge.second))
      guard a != b else { continue }
      let (costA, costB) = (
        greatest[Int(a)] + scale / Double(forest.size(a)), greatest[Int(b)] + scale / Double(forest.size(b))
      )
      if Double(edge.cost) < min(costA, costB) { greatest[Int(forest.join(a, b))] = Double(edge.cost) }
    }
    for edge in edges {
      let (a, b) = (forest.root(edge.first), forest.root(edge.second))
      if a != b, min(forest.size(a), forest.size(b)) < leastSize { _ = forest.join(a, b) }
    }
    return (0..<Int32(count)).map { forest.root($0) }
  }
}

/// Sets that are joined two by two.
private struct DisjointSets {
  private var parents: [Int32]
  private var sizes: [Int32]

  init(_ count: Int) {
    parents = (0..<Int32(count)).map { $0 }
    sizes = Array(repeating: 1, count: count)
  }

  mutating func root(_ member: Int32) -> Int32 {
    var member = member
    while parents[Int(member)] != member {
      parents[Int(member)] = parents[Int(parents[Int(member)])]
      member = parents[Int(member)]
    }
    return member
  }

  func size(_ root: Int32) -> Int { Int(sizes[Int(root)]) }

  /// Joins two sets by their roots, the smaller to the greater; the root of both.
  mutating func join(_ a: Int32, _ b: Int32) -> Int32 {
    let (great, small) = sizes[Int(a)] >= sizes[Int(b)] ? (a, b) : (b, a)
    parents[Int(small)] = great
    sizes[Int(great)] += sizes[Int(small)]
    return great
  }
}
