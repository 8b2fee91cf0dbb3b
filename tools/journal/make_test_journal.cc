// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// make_test_journal TO: a journal of two ids, for journal_test.py.

#include <filesystem>
#include <iostream>

#include "sampo/persistence/sqlite/offline/test_journal.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "make_test_journal TO" << std::endl;
    return 2;
  }
  sampo::persistence::offline::TestJournal journal;
  journal.Append("Cart|7", 50, {"red"});
  journal.SaveSnapshot("Cart|7");
  journal.Append("Order|1", 20);
  journal.Close();
  std::filesystem::copy_file(journal.file(), arguments[1]);
  return 0;
}
