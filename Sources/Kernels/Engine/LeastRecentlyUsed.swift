/// Values by key, at most so many; where there is room for no more, those longest unused go.
package struct LeastRecentlyUsed<Key: Hashable, Value> {
  private struct Entry {
    let value: Value
    var lastUse: Int
  }

  /// The most values kept, at least 1.
  package let capacity: Int
  private var entries: [Key: Entry] = [:]
  /// Counts the uses.
  private var time = 0

  /// Nothing yet, and room for so many values.
  package init(capacity: Int) { self.capacity = max(1, capacity) }

  /// How many values are kept at the moment.
  package var count: Int { entries.count }

  /// The value of this key, which counts as a use of it.
  package mutating func use(_ key: Key) -> Value? {
    guard let index = entries.index(forKey: key) else { return nil }
    time += 1
    entries.values[index].lastUse = time
    return entries.values[index].value
  }

  /// Keeps a value under a key that has none yet.
  package mutating func insert(_ value: Value, for key: Key) {
    if entries.count >= capacity { forget() }
    time += 1
    entries[key] = Entry(value: value, lastUse: time)
  }

  /// Makes room: an eighth goes at once, since finding the oldest takes a look at all.
  private mutating func forget() {
    let uses = entries.values.map(\.lastUse).sorted()
    let newest = uses[capacity / 8]
    entries = entries.filter { $0.value.lastUse > newest }
  }
}
