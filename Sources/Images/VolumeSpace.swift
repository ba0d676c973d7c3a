/// How the three axes of a volume lie in a body, and how large a voxel is.
public struct VolumeSpace: Hashable, Sendable {
  /// Where an axis leads as its index grows, as the patient sees it.
  public enum Direction: Int, Hashable, Sendable {
    case left, right, anterior, posterior, superior, inferior

    /// Which of right–left, front–back and top–bottom it runs along.
    public var line: Int { rawValue / 2 }
    /// Whether it leads to the right, to the front or to the top, as NIfTI counts.
    public var isPositive: Bool { [.right, .anterior, .superior].contains(self) }
  }

  /// For each axis of the array.
  public let directions: [Direction]
  /// For each axis of the array, in millimetres or whatever the file counts in.
  public let spacing: [Float]

  /// A space of three axes, each along another line.
  public init(directions: [Direction], spacing: [Float]) {
    precondition(directions.count == 3 && spacing.count == 3, "a volume has three axes")
    (self.directions, self.spacing) = (directions, spacing)
  }

  /// The directions of axes whose steps are the columns of a matrix, `matrix[world][axis]`.
  public init(matrix: [[Float]], spacing: [Float]) {
    var (directions, free): ([Direction], Set<Int>) = ([.right, .anterior, .superior], [0, 1, 2])
    // The axes that are told most clearly come first.
    let order = (0..<3).sorted { a, b in
      matrix.map { abs($0[a]) }.max() ?? 0 > matrix.map { abs($0[b]) }.max() ?? 0
    }
    let kinds: [[Direction]] = [[.left, .right], [.posterior, .anterior], [.inferior, .superior]]
    for axis in order {
      guard let line = free.max(by: { abs(matrix[$0][axis]) < abs(matrix[$1][axis]) }) else { continue }
      free.remove(line)
      directions[axis] = kinds[line][matrix[line][axis] < 0 ? 0 : 1]
    }
    self.init(directions: directions, spacing: spacing)
  }
}
