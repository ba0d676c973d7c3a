/// Windows of an image put into groups that change about as much, so that the patches of a group hold little that is
/// unchanged.
///
/// A window near the border changes less than one in the middle. With patches that fit all of them, most of the work in
/// later layers would be on what has not changed; but every size of patch has kernels of its own to be made.
public struct WindowGroups: Sendable {
  /// The numbers of the windows of each group.
  public let groups: [[Int]]

  /// - Parameters:
  ///   - plan: the network, for any number of images; its only input is an image, channels first.
  ///   - rows: the rows of each window.
  ///   - columns: the columns of each window.
  public init(of plan: Plan, rows: [Range<Int>], columns: [Range<Int>]) {
    let rows = Distinct(rows), columns = Distinct(columns)
    let reach = WindowReach(of: plan, rows: rows.ranges, columns: columns.ranges)
    // Each axis is divided by itself first, so that there are few pairs to compare however many windows there are.
    let rowClass = reach.classesOfRows(), columnClass = reach.classesOfColumns()
    var groups: [[Int]: WindowReach.Group] = [:]
    for window in rows.numbers.indices {
      let (row, column) = (rows.numbers[window], columns.numbers[window])
      let one = reach.group(row: row, column: column, window: window)
      groups[[rowClass[row], columnClass[column]], default: one].take(in: one)
    }
    let sorted = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    self.groups = reach.merged(sorted).map { Set($0.windows).sorted() }
  }
}

/// The different ones among ranges, and which of them each is.
private struct Distinct {
  private(set) var ranges: [Range<Int>] = []
  private(set) var numbers: [Int] = []

  init(_ all: [Range<Int>]) {
    var known: [Range<Int>: Int] = [:]
    for range in all {
      let number = known[range] ?? ranges.count
      if number == ranges.count {
        known[range] = number
        ranges.append(range)
      }
      numbers.append(number)
    }
  }
}
