import Kernels

/// The shape of a value in a graph that is written out, which may be run on any number of images.
public struct WrittenShape: Hashable, Sendable {
  /// The extents for one image.
  public var extents: [Int]
  /// The axis whose extent is so many for each image; `nil` where the number of images changes nothing.
  public var imageAxis: Int?

  /// A shape with as many of an axis for each image.
  public init(_ extents: [Int], imageAxis: Int? = nil) { (self.extents, self.imageAxis) = (extents, imageAxis) }

  /// The shape that a value has for one image, and for two; `nil` where no single axis grows with them.
  public init?(one: [Int], two: [Int]) {
    guard one.count == two.count else { return nil }
    let axes = one.indices.filter { one[$0] != two[$0] }
    guard axes.count <= 1, axes.allSatisfy({ two[$0] == 2 * one[$0] }) else { return nil }
    self.init(one, imageAxis: axes.first)
  }

  /// How many axes there are.
  public var rank: Int { extents.count }

  /// How many scalars there are for one image.
  public var count: Int { extents.reduce(1, *) }

  subscript(axis: Int) -> Int { extents[axis] }

  /// The shape that two broadcast to.
  static func broadcast(_ a: WrittenShape, _ b: WrittenShape) throws -> WrittenShape {
    let extents = try GraphEngine.broadcast(a.extents, b.extents)
    func axis(_ shape: WrittenShape) -> Int? { shape.imageAxis.map { $0 + extents.count - shape.rank } }
    guard let first = axis(a), let second = axis(b), first != second else {
      return WrittenShape(extents, imageAxis: axis(a) ?? axis(b))
    }
    throw ShapeError("images lie along different axes of what meets")
  }

  /// The shape with the extents along some axes 1.
  func ones(along axes: [Int]) -> WrittenShape {
    WrittenShape(
      extents.indices.map { axes.contains($0) ? 1 : extents[$0] },
      imageAxis: imageAxis.flatMap { axes.contains($0) ? nil : $0 })
  }

  /// The shape with another extent along an axis.
  func with(_ extent: Int, along axis: Int) -> WrittenShape {
    var shape = self
    shape.extents[axis] = extent
    return shape
  }

  /// The shape with its axes in another order.
  func permuted(_ permutation: [Int]) -> WrittenShape {
    WrittenShape(permutation.map { extents[$0] }, imageAxis: imageAxis.flatMap { permutation.firstIndex(of: $0) })
  }

  /// What `Reshape` is told: the axis that grows with the images is what is left.
  var reshapeTarget: [Int] { extents.indices.map { $0 == imageAxis ? -1 : extents[$0] } }

  /// What `Expand` is told, of a value that has its images already.
  var expandTarget: [Int] { extents.indices.map { $0 == imageAxis ? 1 : extents[$0] } }
}

/// A value of a graph that is written out: numbers of 32 bits, unless its maker says otherwise.
public struct Written: Hashable, Sendable {
  /// Unique in the graph.
  public let name: String
  /// Its extents.
  public let shape: WrittenShape

  /// A value that is there.
  public init(_ name: String, _ shape: WrittenShape) { (self.name, self.shape) = (name, shape) }
}
